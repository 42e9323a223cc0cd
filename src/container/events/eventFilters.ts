import { EngineError } from "../../base/index.ts";
import type { EngineEvent } from "./eventRecord.ts";

/** Docker's filters of events: all names must hold, one value of each name is enough. */
export type EventFilters = ReadonlyMap<string, readonly string[]>;

type Test = (event: EngineEvent, value: string) => boolean;

/** Things are found by the beginning of their id or name. */
const named =
  (type: string): Test =>
  (event, value) =>
    event.type === type && (event.id.startsWith(value) || (event.attributes.get("name") ?? "").startsWith(value));

const tests: ReadonlyMap<string, Test> = new Map<string, Test>([
  ["container", named("container")],
  ["daemon", named("daemon")],
  ["event", ({ action }, value) => action === value || action.startsWith(`${value}:`)],
  ["image", isOfImage],
  ["label", ({ attributes }, value) => hasLabel(attributes, value)],
  ["network", named("network")],
  ["scope", (_event, value) => value === "local"],
  ["type", ({ type }, value) => type === value],
  ["volume", named("volume")],
]);

export const eventFilterNames: readonly string[] = [...tests.keys()];

/** @throws EngineError `invalidValue` with Docker's sentence for an unknown filter. */
export function passesEventFilters(event: EngineEvent, filters: EventFilters): boolean {
  return [...filters].every(([name, values]) => {
    const test = tests.get(name);
    if (test === undefined) throw new EngineError("invalidValue", `invalid filter '${name.slice(0, 80)}'`);
    return values.some((value) => test(event, value));
  });
}

/** An image's own events, and those of the containers that were made of it; a tag may be left out. */
function isOfImage({ type, id, attributes }: EngineEvent, value: string): boolean {
  const image = type === "image" ? (attributes.get("name") ?? "") : (attributes.get("image") ?? "");
  return (type === "image" && id.startsWith(value)) || image === value || withoutTag(image) === value;
}

function withoutTag(reference: string): string {
  const at = reference.indexOf("@");
  const name = at === -1 ? reference : reference.slice(0, at);
  const colon = name.lastIndexOf(":");
  return colon > name.lastIndexOf("/") ? name.slice(0, colon) : name;
}

function hasLabel(labels: ReadonlyMap<string, string>, wanted: string): boolean {
  const equals = wanted.indexOf("=");
  if (equals === -1) return labels.has(wanted);
  return labels.get(wanted.slice(0, equals)) === wanted.slice(equals + 1);
}
