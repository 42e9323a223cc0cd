import { posix } from "node:path";
import { EngineError } from "../../base/index.ts";
import type { BindIdMap, BindPropagation, BindRequest, MountRequest, VolumeRequest } from "../runOptions.ts";
import { parseMountPoint } from "./containerPath.ts";
import { parseIdMap } from "./idMapFlag.ts";
import { parseVolumeName } from "./objectNames.ts";
import { printable, requireSingleLine } from "./singleLine.ts";

const propagations: ReadonlySet<string> = new Set(["private", "rprivate", "slave", "rslave", "shared", "rshared"]);
const consistencies: ReadonlySet<string> = new Set(["consistent", "cached", "delegated"]);

/**
 * Parses `-v`: `DST`, `SOURCE:DST` or `SOURCE:DST:MODE,...` (docker-run(1), "--volume"). A source that begins with `/`, `.`
 * or `~/` is a host path, relative to `directory`; any other is the name of a volume.
 *
 * @throws EngineError `invalidValue` with Docker's sentences.
 */
export function parseVolumeFlag(text: string, directory: string): MountRequest {
  requireSingleLine(text, "the volume specification");
  const parts = splitFlag(text);
  const [first = "", second, third] = parts;
  if (parts.length > 3 || parts.some((part) => part === "")) throw invalidSpecification(text);
  if (second === undefined) return { ...volume(parseMountPoint(first, "volume")) };
  const modes = parseModes(third ?? "");
  if (isHostPath(first)) return bind(posix.resolve(directory, first), second, modes);
  for (const mode of ["propagation", "idmap"] as const) {
    if (modes[mode] !== undefined) throw invalidMode(third ?? "");
  }
  return {
    ...volume(parseMountPoint(second, "volume")),
    name: parseVolumeName(first),
    readOnly: modes.readOnly,
    noCopy: modes.noCopy,
  };
}

/** An id map is the only mode with colons of its own. */
function splitFlag(text: string): readonly string[] {
  const parts = text.split(":");
  const isMapped = /(?:^|,)idmap=/.test(parts[2] ?? "");
  return isMapped ? [...parts.slice(0, 2), parts.slice(2).join(":")] : parts;
}

/** Whether a source of `-v` names a directory of the host rather than a volume. */
function isHostPath(source: string): boolean {
  return (
    source.startsWith("/") || source === "." || source === ".." || source.startsWith("./") || source.startsWith("../")
  );
}

function volume(target: string): VolumeRequest {
  return { kind: "volume", target, readOnly: false, noCopy: false };
}

function bind(source: string, target: string, modes: VolumeModes): BindRequest {
  if (modes.noCopy) throw invalidMode("nocopy");
  return {
    kind: "bind",
    source,
    target: parseMountPoint(target, "bind"),
    readOnly: modes.readOnly,
    createSource: true,
    propagation: modes.propagation ?? "rprivate",
    recursive: true,
    ...(modes.relabel === undefined ? {} : { relabel: modes.relabel }),
    ...(modes.idmap === undefined || modes.idmap === true ? {} : { idMap: modes.idmap }),
  };
}

interface VolumeModes {
  readonly readOnly: boolean;
  readonly noCopy: boolean;
  /** `true`: as it is without the word, the ids on disk. */
  readonly idmap?: true | BindIdMap;
  readonly propagation?: BindPropagation;
  readonly relabel?: "shared" | "private";
}

/** Each kind of mode may be given once, as Docker has it: `ro,z` is fine, `ro,rw` is not. */
function parseModes(text: string): VolumeModes {
  let modes: VolumeModes = { readOnly: false, noCopy: false };
  const seen = new Set<string>();
  for (const word of text === "" ? [] : text.split(",")) {
    const [kind, part] = modeOf(word, text);
    if (seen.has(kind)) throw invalidMode(text);
    seen.add(kind);
    modes = { ...modes, ...part };
  }
  return modes;
}

function modeOf(word: string, text: string): readonly [kind: string, part: Partial<VolumeModes>] {
  if (word === "ro" || word === "readonly") return ["access", { readOnly: true }];
  if (word === "rw") return ["access", {}];
  if (word === "nocopy") return ["copy", { noCopy: true }];
  if (word === "z") return ["label", { relabel: "shared" }];
  if (word === "Z") return ["label", { relabel: "private" }];
  if (word === "idmap") return ["idmap", { idmap: true }];
  if (word.startsWith("idmap=")) return ["idmap", { idmap: parseIdMap(word.slice("idmap=".length)) }];
  if (consistencies.has(word)) return ["consistency", {}];
  // The set holds exactly the members of the union.
  if (propagations.has(word)) return ["propagation", { propagation: word as BindPropagation }];
  throw invalidMode(text);
}

function invalidMode(mode: string): EngineError {
  return new EngineError("invalidValue", `invalid mode: ${printable(mode).slice(1, -1)}`, {
    hint: "known are ro, rw, z, Z, nocopy (volumes), idmap=CONTAINER:HOST[:COUNT] and one of rprivate, private, rslave, slave, rshared, shared (directories)",
  });
}

function invalidSpecification(text: string): EngineError {
  return new EngineError("invalidValue", `invalid volume specification: '${printable(text).slice(1, -1)}'`, {
    hint: "write NAME:/PATH, /HOST/PATH:/PATH or ./RELATIVE:/PATH, with an optional :MODE at the end",
  });
}
