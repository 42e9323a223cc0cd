import { resolve } from "node:path";
import { EngineError, parseSize } from "../../base/index.ts";
import type { BindPropagation, MountRequest, VolumeRequest } from "../runOptions.ts";
import { parseLocalOptions } from "../volumes/localOptions.ts";
import { parseMountPoint } from "./containerPath.ts";
import { splitCsv } from "./csvFields.ts";
import { parseIdMap } from "./idMapFlag.ts";
import { parseVolumeName } from "./objectNames.ts";
import { printable, requireSingleLine } from "./singleLine.ts";

type MountKind = "bind" | "volume" | "tmpfs";

/** The canonical name of every key that Docker knows, by what a user may write. */
const keys: ReadonlyMap<string, string> = new Map([
  ["type", "type"],
  ["source", "source"],
  ["src", "source"],
  ["target", "target"],
  ["dst", "target"],
  ["destination", "target"],
  ["readonly", "readonly"],
  ["ro", "readonly"],
  ["consistency", "consistency"],
  ["bind-propagation", "bind-propagation"],
  ["bind-nonrecursive", "bind-nonrecursive"],
  ["bind-recursive", "bind-recursive"],
  ["bind-create-src", "bind-create-src"],
  ["idmap", "bind-idmap"],
  ["volume-subpath", "volume-subpath"],
  ["volume-nocopy", "volume-nocopy"],
  ["volume-label", "volume-label"],
  ["volume-driver", "volume-driver"],
  ["volume-opt", "volume-opt"],
  ["image-subpath", "image-subpath"],
  ["tmpfs-size", "tmpfs-size"],
  ["tmpfs-mode", "tmpfs-mode"],
]);

/** Keys that may stand alone and then mean `true`. */
const switches: ReadonlySet<string> = new Set(["readonly", "bind-nonrecursive", "bind-create-src", "volume-nocopy"]);

type Fields = ReadonlyMap<string, string>;

/**
 * Parses `--mount type=...,source=...,target=...` (docker-run(1), "--mount"): comma-separated `key=value` pairs, of which
 * any may be quoted as in CSV. A relative source of a bind is relative to `directory`.
 *
 * @throws EngineError `invalidValue` with Docker's sentences, `notOffered` for mounts that brig does not have.
 */
export function parseMountFlag(text: string, directory: string): MountRequest {
  requireSingleLine(text, "the mount specification");
  const fields = readFields(text);
  const kind = fields.get("type") ?? "volume";
  if (kind === "image" || kind === "npipe" || kind === "cluster") {
    throw new EngineError("notOffered", `cannot mount "${kind}": brig has mounts of type bind, volume and tmpfs`);
  }
  if (kind !== "bind" && kind !== "volume" && kind !== "tmpfs") {
    throw new EngineError("invalidValue", `invalid mount config: mount type unknown: ${printable(kind)}`, {
      hint: "the types are bind, volume and tmpfs",
    });
  }
  refuseForeignOptions(fields, kind);
  const target = fields.get("target");
  if (target === undefined || target === "") throw new EngineError("invalidValue", "target is required");
  return builders[kind](fields, parseMountPoint(target, kind), directory);
}

function readFields(text: string): Fields {
  const fields = new Map<string, string>();
  for (const field of splitCsv(text, "--mount")) {
    const equals = field.indexOf("=");
    const written = (equals === -1 ? field : field.slice(0, equals)).toLowerCase();
    const key = keys.get(written);
    if (equals === -1 && (key === undefined || !switches.has(key))) {
      throw new EngineError("invalidValue", `invalid field '${shown(field)}' must be a key=value pair`);
    }
    if (key === undefined)
      throw new EngineError("invalidValue", `unexpected key '${shown(written)}' in '${shown(field)}'`);
    const value = equals === -1 ? "true" : field.slice(equals + 1);
    if (switches.has(key) && !/^(true|false|1|0)$/i.test(value)) throw invalidValue(written, value);
    fields.set(repeatable.has(key) ? `${key} ${fields.size}` : key, value);
  }
  return fields;
}

/** Keys that may be given several times; each is kept under its own name with a number. */
const repeatable: ReadonlySet<string> = new Set(["volume-opt", "volume-label"]);

/** `volume-opt=type=nfs`, `volume-label=KEY=VALUE`: what a volume is made with that does not exist yet. */
function volumePairs(fields: Fields): Pick<VolumeRequest, "options" | "labels"> {
  const pairs = (wanted: string) =>
    new Map(
      [...fields].flatMap(([key, value]): [string, string][] => {
        const equals = value.indexOf("=");
        if (!key.startsWith(`${wanted} `)) return [];
        return [equals === -1 ? [value, ""] : [value.slice(0, equals), value.slice(equals + 1)]];
      }),
    );
  const [options, labels] = [pairs("volume-opt"), pairs("volume-label")];
  parseLocalOptions(options);
  return { ...(options.size === 0 ? {} : { options }), ...(labels.size === 0 ? {} : { labels }) };
}

function refuseForeignOptions(fields: Fields, kind: MountKind): void {
  for (const prefix of ["bind", "volume", "image", "tmpfs"]) {
    if (prefix === kind || ![...fields.keys()].some((key) => key.startsWith(`${prefix}-`))) continue;
    throw new EngineError("invalidValue", `cannot mix '${prefix}-*' options with mount type '${kind}'`);
  }
  const driver = fields.get("volume-driver") ?? "local";
  if (driver !== "local" && driver !== "") {
    throw new EngineError("notOffered", `cannot use the volume driver "${shown(driver)}"`, {
      hint: "brig has the driver local, whose options mount NFS and other file systems",
    });
  }
}

const builders: Readonly<Record<MountKind, (fields: Fields, target: string, directory: string) => MountRequest>> = {
  bind: (fields, target, directory) => {
    const source = fields.get("source");
    if (source === undefined || source === "") throw emptySource("bind");
    const recursion = fields.get("bind-recursive") ?? (isSet(fields, "bind-nonrecursive") ? "disabled" : "enabled");
    if (recursion === "writable") {
      throw new EngineError(
        "notOffered",
        "cannot leave submounts of a read-only mount writable (bind-recursive=writable)",
      );
    }
    const idMap = fields.get("bind-idmap");
    if (!["enabled", "disabled", "readonly"].includes(recursion)) throw invalidValue("bind-recursive", recursion);
    return {
      kind: "bind",
      source: resolve(directory, source),
      target,
      readOnly: isSet(fields, "readonly"),
      createSource: isSet(fields, "bind-create-src"),
      propagation: propagationOf(fields.get("bind-propagation") ?? "rprivate"),
      recursive: recursion !== "disabled",
      ...(idMap === undefined ? {} : { idMap: parseIdMap(idMap) }),
    };
  },
  volume: (fields, target) => {
    const source = fields.get("source");
    const subpath = fields.get("volume-subpath");
    return {
      kind: "volume",
      target,
      readOnly: isSet(fields, "readonly"),
      noCopy: isSet(fields, "volume-nocopy"),
      ...(source === undefined || source === "" ? {} : { name: parseVolumeName(source) }),
      ...(subpath === undefined ? {} : { subpath: parseSubpath(subpath) }),
      ...volumePairs(fields),
    };
  },
  tmpfs: (fields, target) => {
    if (fields.has("source")) {
      throw new EngineError(
        "invalidValue",
        'invalid mount config for type "tmpfs": field Source must not be specified',
      );
    }
    const size = fields.get("tmpfs-size");
    const mode = fields.get("tmpfs-mode");
    if (mode !== undefined && !/^[0-7]{1,5}$/.test(mode)) throw invalidValue("tmpfs-mode", mode);
    return {
      kind: "tmpfs",
      target,
      options: [
        ...(isSet(fields, "readonly") ? ["ro"] : []),
        ...(size === undefined ? [] : [`size=${parseSize(size, "tmpfs-size")}`]),
        ...(mode === undefined ? [] : [`mode=${mode}`]),
      ],
    };
  },
};

function isSet(fields: Fields, key: string): boolean {
  const value = fields.get(key)?.toLowerCase();
  return value === "true" || value === "1";
}

function propagationOf(text: string): BindPropagation {
  switch (text) {
    case "private":
    case "rprivate":
    case "slave":
    case "rslave":
    case "shared":
    case "rshared":
      return text;
    default:
      throw new EngineError("invalidValue", `invalid propagation mode: ${shown(text)}`);
  }
}

function parseSubpath(text: string): string {
  if (text === "" || text.startsWith("/") || text.split("/").includes("..")) throw invalidValue("volume-subpath", text);
  return text;
}

function emptySource(kind: MountKind): EngineError {
  return new EngineError("invalidValue", `invalid mount config for type "${kind}": field Source must not be empty`);
}

function invalidValue(key: string, value: string): EngineError {
  return new EngineError("invalidValue", `invalid value for ${key}: ${shown(value)}`);
}

function shown(text: string): string {
  return printable(text).slice(1, -1);
}
