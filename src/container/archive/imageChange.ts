import { posix } from "node:path";
import { EngineError } from "../../base/index.ts";
import type { Healthcheck } from "../../oci/index.ts";
import { splitWords } from "./dockerfileWords.ts";
import { parseHealthcheck } from "./healthcheckChange.ts";

/** The part of an image's configuration that says how containers run, in Docker's words. */
export interface ImageDraft {
  User?: string;
  ExposedPorts?: Record<string, object>;
  Env?: readonly string[];
  Entrypoint?: readonly string[];
  Cmd?: readonly string[];
  Volumes?: Record<string, object>;
  WorkingDir?: string;
  Labels?: Record<string, string>;
  OnBuild?: readonly string[];
  StopSignal?: string;
  Healthcheck?: Healthcheck;
  Shell?: readonly string[];
  [other: string]: unknown;
}

type Applied = (draft: ImageDraft, text: string) => ImageDraft;

const instructions: ReadonlyMap<string, Applied> = new Map<string, Applied>([
  ["CMD", (draft, text) => ({ ...draft, Cmd: command(draft, text) })],
  // a command of the image was meant for the entrypoint that it had
  ["ENTRYPOINT", ({ Cmd: _, ...draft }, text) => ({ ...draft, Entrypoint: command(draft, text) })],
  ["ENV", (draft, text) => ({ ...draft, Env: withVariables(draft.Env ?? [], pairs("ENV", text, draft)) })],
  ["EXPOSE", (draft, text) => ({ ...draft, ExposedPorts: members(draft.ExposedPorts, words(text, draft).map(port)) })],
  ["HEALTHCHECK", (draft, text) => ({ ...draft, Healthcheck: parseHealthcheck(text, jsonWords) })],
  ["LABEL", (draft, text) => ({ ...draft, Labels: fromEntries(draft.Labels, pairs("LABEL", text, draft)) })],
  ["USER", (draft, text) => ({ ...draft, User: single("USER", text, draft) })],
  ["VOLUME", (draft, text) => ({ ...draft, Volumes: members(draft.Volumes, jsonWords(text) ?? words(text, draft)) })],
  [
    "WORKDIR",
    (draft, text) => ({ ...draft, WorkingDir: posix.resolve(draft.WorkingDir || "/", single("WORKDIR", text, draft)) }),
  ],
  ["ONBUILD", (draft, text) => ({ ...draft, OnBuild: [...(draft.OnBuild ?? []), text] })],
  ["STOPSIGNAL", (draft, text) => ({ ...draft, StopSignal: single("STOPSIGNAL", text, draft) })],
]);

/**
 * Applies one `--change`: a line of a Dockerfile. Pure.
 *
 * @throws EngineError `invalidValue` naming what is wrong with it.
 */
export function applyChange(draft: ImageDraft, change: string): ImageDraft {
  const line = change.trim();
  const [word = ""] = line.split(/\s/, 1);
  const apply = instructions.get(word.toUpperCase());
  const text = line.slice(word.length).trim();
  if (apply === undefined) {
    throw invalid(
      `${word.slice(0, 80)} is not a valid change command`,
      `one of ${[...instructions.keys()].join(", ")}`,
    );
  }
  if (text === "") throw invalid(`${word.toUpperCase()} requires at least one argument`);
  return apply(draft, text);
}

function invalid(message: string, hint?: string): EngineError {
  return new EngineError("invalidValue", message, hint === undefined ? {} : { hint });
}

/** A JSON array is a command as it is; anything else is for a shell. */
function command(draft: ImageDraft, text: string): readonly string[] {
  return jsonWords(text) ?? [...(draft.Shell ?? ["/bin/sh", "-c"]), text];
}

function jsonWords(text: string): readonly string[] | undefined {
  if (!text.startsWith("[")) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((word) => typeof word === "string") ? value : undefined;
  } catch {
    return undefined;
  }
}

function words(text: string, draft: ImageDraft): readonly string[] {
  const variables = new Map((draft.Env ?? []).map(splitPair));
  return splitWords(text, variables);
}

function single(instruction: string, text: string, draft: ImageDraft): string {
  const [word, ...rest] = words(text, draft);
  if (word === undefined || word === "" || rest.length > 0)
    throw invalid(`${instruction} requires exactly one argument`);
  return word;
}

/** `KEY=value ...`, or the old form `KEY value`. */
function pairs(instruction: string, text: string, draft: ImageDraft): readonly (readonly [string, string])[] {
  const parts = words(text, draft);
  const [first = "", second] = parts;
  if (!first.includes("=")) {
    if (second === undefined) throw invalid(`${instruction} must have two arguments`);
    return [[first, text.slice(text.indexOf(first) + first.length).trim()]];
  }
  return parts.map((part) => {
    if (!part.includes("=") || part.startsWith("=")) {
      throw invalid(
        `Syntax error - can't find = in ${JSON.stringify(part.slice(0, 80))}. Must be of the form: name=value`,
      );
    }
    return splitPair(part);
  });
}

function splitPair(text: string): [string, string] {
  const equals = text.indexOf("=");
  return [text.slice(0, equals), text.slice(equals + 1)];
}

function withVariables(env: readonly string[], added: readonly (readonly [string, string])[]): readonly string[] {
  const variables = new Map(env.map(splitPair));
  for (const [key, value] of added) variables.set(key, value);
  return [...variables].map(([key, value]) => `${key}=${value}`);
}

function members(present: Record<string, object> | undefined, added: readonly string[]): Record<string, object> {
  return Object.fromEntries([...Object.entries(present ?? {}), ...added.map((key) => [key, {}] as const)]);
}

/** `Object.fromEntries` makes members, also of a key like `__proto__`, and never sets a prototype. */
function fromEntries(
  present: Record<string, string> | undefined,
  added: readonly (readonly [string, string])[],
): Record<string, string> {
  return Object.fromEntries([...Object.entries(present ?? {}), ...added]);
}

function port(text: string): string {
  const match = /^(\d{1,5}(?:-\d{1,5})?)(?:\/(tcp|udp|sctp))?$/i.exec(text);
  const [, number = "", protocol = "tcp"] = match ?? [];
  if (match === null || number.split("-").some((part) => Number(part) > 65_535)) {
    throw invalid(`invalid containerPort: ${text.slice(0, 80)}`);
  }
  return `${number}/${protocol.toLowerCase()}`;
}
