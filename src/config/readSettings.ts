import { nearestWord } from "../base/index.ts";
import type { Problem } from "./configuration.ts";
import { complaintOf, type Setting, schema } from "./schema.ts";

/** One checked setting of a document. */
export interface Leaf {
  readonly path: readonly string[];
  /** As the document has it. */
  readonly given: unknown;
  /** As the engine wants it. */
  readonly value: unknown;
}

export interface ReadDocument {
  readonly leaves: readonly Leaf[];
  readonly problems: readonly Problem[];
}

const mostProblems = 50;
const mostMembers = 1000;

/**
 * Checks a document against the schema. Everything that is wrong is found at once; what is right is read nevertheless.
 * An empty document says nothing. Pure.
 */
export function readSettings(document: unknown): ReadDocument {
  const reading: Reading = { leaves: [], problems: [] };
  if (document !== null && document !== undefined) read(document, { setting: schema, path: [] }, reading);
  return { leaves: reading.leaves, problems: reading.problems.slice(0, mostProblems) };
}

interface Reading {
  readonly leaves: Leaf[];
  readonly problems: Problem[];
}

interface Place {
  readonly setting: Setting;
  readonly path: readonly string[];
}

function read(given: unknown, { setting, path }: Place, reading: Reading): void {
  if (setting.kind === "value") {
    readValue(given, { setting, path }, reading);
    return;
  }
  // A section whose members are all commented out is one that says nothing.
  if (given === null) return;
  if (typeof given !== "object" || Array.isArray(given)) {
    reading.problems.push({ path, message: `${quotePath(path)} must be a section with names and values` });
    return;
  }
  const members = Object.entries(given).slice(0, mostMembers);
  for (const [name, member] of members) {
    const known =
      setting.kind === "section" ? setting.members.get(name) : setting.isName(name) ? setting.of : undefined;
    const inner = [...path, name];
    if (known === undefined) reading.problems.push(unknownName(setting, inner));
    else read(member, { setting: known, path: inner }, reading);
  }
}

function readValue(
  given: unknown,
  { setting, path }: { setting: Extract<Setting, { kind: "value" }>; path: readonly string[] },
  reading: Reading,
): void {
  try {
    const value = setting.read(given);
    if (value !== undefined) reading.leaves.push({ path, given, value });
    else reading.problems.push({ path, message: `${quotePath(path)} must be ${setting.expects}${shown(given)}` });
  } catch (error) {
    const { message, ...hint } = complaintOf(error);
    reading.problems.push({ path, message: `${quotePath(path)}: ${message}`, ...hint });
  }
}

/** `, not "yes"`, for what is short enough to be recognised. */
function shown(given: unknown): string {
  const text = given === null ? "empty" : (JSON.stringify(given) ?? "");
  return text.length > 80 ? "" : `, not ${text}`;
}

function unknownName(setting: Exclude<Setting, { kind: "value" }>, path: readonly string[]): Problem {
  const name = path.at(-1) ?? "";
  const where = path.length === 1 ? "" : ` in ${quotePath(path.slice(0, -1))}`;
  if (setting.kind === "map") {
    return { path, message: `${JSON.stringify(name.slice(0, 200))}${where} must be ${setting.names}` };
  }
  const known = [...setting.members.keys()];
  const near = known.find((word) => fold(word) === fold(name)) ?? nearestWord(name, known);
  return {
    path,
    message: `unknown setting ${JSON.stringify(name.slice(0, 200))}${where}`,
    hint: near === undefined ? `known settings are ${known.join(", ")}` : `did you mean ${JSON.stringify(near)}?`,
  };
}

/** `runRoot` and `run-root` are meant as `run_root`. */
function fold(name: string): string {
  return name.replaceAll(/[-_]/g, "").toLowerCase();
}

/** `"registries.docker.io"`: for people, so a dot in a name does no harm. */
function quotePath(path: readonly string[]): string {
  return path.length === 0 ? "the configuration" : JSON.stringify(path.join(".").slice(0, 300));
}
