import type { EngineEvent } from "../../container/index.ts";
import { compileTemplate, formatJson } from "../template/index.ts";
import { sanitizeLine } from "./sanitize.ts";

/**
 * How `--format` shows an event: Docker's line without one, `json` (or the template that means the same) for one object
 * a line, else a Go template.
 *
 * @throws EngineError `invalidValue` for a template that cannot be read; a field that does not exist is found by `show`.
 */
export function eventFormatter(format: string | undefined): (event: EngineEvent) => string {
  if (format === undefined || format === "") return (event) => `${formatEventLine(event)}\n`;
  if (format === "json" || /^\{\{-?\s*json \.\s*-?\}\}$/.test(format)) return (event) => `${formatEventJson(event)}\n`;
  const template = compileTemplate(format);
  return (event) => `${template.render(templateEvent(event))}\n`;
}

/** `2026-03-01T13:00:00.000000000+01:00 container start ID (image=x, name=y)`, in local time. */
export function formatEventLine(event: EngineEvent): string {
  const attributes = sortedAttributes(event)
    .map(([name, value]) => `${name}=${value}`)
    .join(", ");
  const actor = attributes === "" ? "" : ` (${attributes})`;
  return sanitizeLine(`${localTime(event.time)} ${event.type} ${event.action} ${event.id}${actor}`);
}

/** Docker's object. The nanoseconds are more than a JavaScript number holds exactly, so they are put in as text. */
export function formatEventJson(event: EngineEvent): string {
  const { seconds, nanoseconds } = epochOf(event.time);
  const members = { ...eventMembers(event), scope: "local", time: seconds };
  return `${formatJson(members).slice(0, -1)},"timeNano":${nanoseconds}}`;
}

/** `status`, `id` and `from` are the old words for what happened to containers and images. */
function eventMembers(event: EngineEvent): Readonly<Record<string, unknown>> {
  const { type, action, id } = event;
  const image = event.attributes.get("image");
  const from = type === "container" && image !== undefined ? { from: image } : {};
  const old = type === "container" || type === "image" ? { status: action, id, ...from } : {};
  const attributes = new Map(sortedAttributes(event));
  return { ...old, Type: type, Action: action, Actor: { ID: id, Attributes: attributes } };
}

function templateEvent(event: EngineEvent): Readonly<Record<string, unknown>> {
  const { type, action, id } = event;
  const { seconds, nanoseconds } = epochOf(event.time);
  const hasStatus = type === "container" || type === "image";
  return {
    Type: type,
    Action: action,
    Actor: { ID: id, Attributes: new Map(sortedAttributes(event)) },
    Scope: "local",
    Time: seconds,
    TimeNano: nanoseconds,
    Status: hasStatus ? action : "",
    ID: hasStatus ? id : "",
    From: type === "container" ? (event.attributes.get("image") ?? "") : "",
  };
}

function sortedAttributes({ attributes }: EngineEvent): readonly (readonly [string, string])[] {
  return [...attributes].sort(([one], [other]) => (one < other ? -1 : 1));
}

function epochOf(time: string): { readonly seconds: number; readonly nanoseconds: string } {
  const seconds = Math.floor(Date.parse(`${time.slice(0, 19)}Z`) / 1000);
  return { seconds, nanoseconds: String(BigInt(seconds) * 1_000_000_000n + BigInt(time.slice(20, 29))) };
}

/** Go's RFC3339 with nine digits, in the caller's zone. */
function localTime(time: string): string {
  const date = new Date(`${time.slice(0, 19)}Z`);
  const minutes = -date.getTimezoneOffset();
  const shifted = new Date(date.getTime() + minutes * 60_000).toISOString().slice(0, 19);
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const pad = (part: number): string => String(part).padStart(2, "0");
  const zone = minutes === 0 ? "Z" : `${minutes < 0 ? "-" : "+"}${pad(hours)}:${pad(rest)}`;
  return `${shifted}.${time.slice(20, 29)}${zone}`;
}
