import { EngineError } from "../base/index.ts";
import { isDigest } from "./digest.ts";
import type { DiffId, Healthcheck, HistoryEntry, ImageConfig, ImageExecution } from "./imageSpec.ts";
import { type JsonReader, readJsonObject } from "./jsonReader.ts";
import { documentLimits } from "./limits.ts";

/**
 * Validates an image configuration (image-spec config.md, and what Docker adds to it). Null counts as absent, empty
 * values take the place of what is absent, and members that brig does not know are left out.
 *
 * @throws EngineError `malformedDocument`, `limitExceeded`.
 */
export function parseImageConfig(bytes: Uint8Array): ImageConfig {
  const what = "image configuration";
  const document = readJsonObject(bytes, { what, maxBytes: documentLimits.configBytes });
  const execution = document.object("config");
  return {
    ...texts(document, ["created", "author", "variant"]),
    architecture: document.requiredString("architecture"),
    os: document.requiredString("os"),
    config: execution === undefined ? emptyExecution : parseExecution(execution),
    rootfs: { type: "layers", diff_ids: parseDiffIds(document) },
    history: document.objects("history", documentLimits.listItems).map(parseHistory),
  };
}

/** Of an image that says nothing about how to run it. */
export const emptyExecution: ImageExecution = {
  User: "",
  ExposedPorts: [],
  Env: [],
  Entrypoint: [],
  Cmd: [],
  Volumes: [],
  WorkingDir: "",
  Labels: new Map(),
};

function parseExecution(reader: JsonReader): ImageExecution {
  const list = (name: string): readonly string[] => reader.strings(name, documentLimits.listItems);
  const shell = list("Shell");
  const healthcheck = reader.object("Healthcheck");
  return {
    User: reader.string("User") ?? "",
    ExposedPorts: reader.keys("ExposedPorts", documentLimits.listItems),
    Env: list("Env"),
    Entrypoint: list("Entrypoint"),
    Cmd: list("Cmd"),
    Volumes: reader.keys("Volumes", documentLimits.listItems),
    WorkingDir: reader.string("WorkingDir") ?? "",
    Labels: reader.stringMap("Labels", documentLimits.labels),
    ...texts(reader, ["StopSignal"]),
    ...(shell.length === 0 ? {} : { Shell: shell }),
    ...(healthcheck === undefined ? {} : { Healthcheck: parseHealthcheck(healthcheck) }),
  };
}

function parseHealthcheck(reader: JsonReader): Healthcheck {
  return {
    Test: reader.strings("Test", documentLimits.listItems),
    ...counts(reader, ["Interval", "Timeout", "StartPeriod", "StartInterval", "Retries"]),
  };
}

function parseDiffIds(document: JsonReader): readonly DiffId[] {
  const rootfs = document.object("rootfs");
  if (rootfs?.string("type") !== "layers") {
    throw new EngineError("malformedDocument", 'the image configuration has no "rootfs" of the type "layers"');
  }
  return rootfs.strings("diff_ids", documentLimits.layers).map((text) => {
    if (isDigest(text)) return text as DiffId;
    throw new EngineError("malformedDocument", `invalid diffId ${JSON.stringify(text.slice(0, 140))} in an image`);
  });
}

function parseHistory(reader: JsonReader): HistoryEntry {
  const empty = reader.flag("empty_layer");
  return {
    ...texts(reader, ["created", "created_by", "author", "comment"]),
    ...(empty === undefined ? {} : { empty_layer: empty }),
  };
}

/** The members that are present and not empty. */
function texts<Name extends string>(reader: JsonReader, names: readonly Name[]): { [Key in Name]?: string } {
  const found: { [Key in Name]?: string } = {};
  for (const name of names) {
    const value = reader.string(name);
    if (value !== undefined && value !== "") found[name] = value;
  }
  return found;
}

function counts<Name extends string>(reader: JsonReader, names: readonly Name[]): { [Key in Name]?: number } {
  const found: { [Key in Name]?: number } = {};
  for (const name of names) {
    const value = reader.count(name);
    if (value !== undefined) found[name] = value;
  }
  return found;
}
