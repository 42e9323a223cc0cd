import { EngineError } from "../base/index.ts";
import type { SpecIdMapping } from "../oci/index.ts";
import { mappingProblem } from "./idMaps.ts";
import { idsPerRange } from "./idPools.ts";

/** What `--userns` asks for. */
export type UsernsMode =
  /** Nothing was said: ids of the container's own, unless something else needs the host's. */
  | { readonly kind: "default" }
  /** Ids of its own, and an error where that cannot be. */
  | OwnIds
  | { readonly kind: "host" }
  /** The user namespace of another container, by name or id. */
  | { readonly kind: "container"; readonly container: string };

export interface OwnIds {
  /** `nomap` leaves out the caller's ids, as every range of one's own does. */
  readonly kind: "auto" | "nomap" | "keep-id";
  readonly size: number;
  /** Ids that are mapped otherwise than to the range. */
  readonly users: readonly SpecIdMapping[];
  readonly groups: readonly SpecIdMapping[];
}

/** How many ids a container with that mode gets of its own. */
export function ownIdCount(mode: UsernsMode): number {
  return "size" in mode ? mode.size : idsPerRange;
}

const maxId = 2 ** 32 - 2;
/** 1,024 reservations: more than any container can have use for. */
const maxSize = 1024 * idsPerRange;
const known = "auto, private, nomap, keep-id (all: ids of the container's own), host and container:NAME";

/**
 * Parses `--userns`: Docker's words and Podman's. Empty and `private` mean the default. The caller is root, so
 * `keep-id` maps id 0.
 *
 * @throws EngineError `invalidValue` with Docker's sentence.
 */
export function parseUserns(text: string): UsernsMode {
  if (text === "" || text === "private") return { kind: "default" };
  if (text === "host") return { kind: "host" };
  const colon = text.indexOf(":");
  const [word, rest] = colon < 0 ? [text, undefined] : [text.slice(0, colon), text.slice(colon + 1)];
  if (word === "container" && rest !== undefined && /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,254}$/.test(rest)) {
    return { kind: "container", container: rest };
  }
  if (word === "nomap" && rest === undefined) return { kind: "nomap", ...plainIds };
  if (word === "auto") return parseAuto(text, rest);
  if (word === "keep-id") return parseKeepId(text, rest);
  throw invalidMode(text, `the known values are ${known}`);
}

const plainIds = { size: idsPerRange, users: [], groups: [] } as const;

function invalidMode(text: string, hint: string): EngineError {
  return new EngineError("invalidValue", `--userns: invalid USER mode: ${JSON.stringify(text.slice(0, 128))}`, {
    hint,
  });
}

function parseAuto(text: string, rest: string | undefined): OwnIds {
  let size: number = idsPerRange;
  const users: SpecIdMapping[] = [];
  const groups: SpecIdMapping[] = [];
  for (const [name, value] of optionsOf(text, rest)) {
    if (name === "size") size = parseWhole(text, value, { least: 1, most: maxSize });
    else if (name === "uidmapping") users.push(parseMapping(text, value));
    else if (name === "gidmapping") groups.push(parseMapping(text, value));
    else throw invalidMode(text, "auto takes size=, uidmapping= and gidmapping=");
  }
  for (const mappings of [users, groups]) {
    const problem = mappings.length === 0 ? undefined : mappingProblem(mappings);
    if (problem !== undefined) throw invalidMode(text, `the mappings cannot be: ${problem}`);
  }
  return { kind: "auto", size, users, groups };
}

/** The caller's user and group, under the numbers that are given. */
function parseKeepId(text: string, rest: string | undefined): OwnIds {
  let [uid, gid] = [0, 0];
  for (const [name, value] of optionsOf(text, rest)) {
    const id = parseWhole(text, value, { least: 0, most: idsPerRange - 1 });
    if (name === "uid") uid = id;
    else if (name === "gid") gid = id;
    else throw invalidMode(text, "keep-id takes uid= and gid=");
  }
  const callers = (id: number): readonly SpecIdMapping[] => [{ containerID: id, hostID: 0, size: 1 }];
  return { kind: "keep-id", size: idsPerRange, users: callers(uid), groups: callers(gid) };
}

function optionsOf(text: string, rest: string | undefined): readonly (readonly [name: string, value: string])[] {
  if (rest === undefined) return [];
  const parts = rest.length > 4096 ? [""] : rest.split(",");
  return parts.map((part) => {
    const equals = part.indexOf("=");
    if (equals < 1) throw invalidMode(text, "options are NAME=VALUE, with commas between them");
    return [part.slice(0, equals), part.slice(equals + 1)];
  });
}

/** `CONTAINER:HOST:SIZE`, Podman's order. */
function parseMapping(text: string, value: string): SpecIdMapping {
  const [containerID, hostID, size, ...rest] = value
    .split(":")
    .map((part) => parseWhole(text, part, { least: 0, most: maxId }));
  if (containerID === undefined || hostID === undefined || size === undefined || rest.length > 0 || size < 1) {
    throw invalidMode(text, "a mapping is CONTAINER-ID:HOST-ID:SIZE");
  }
  return { containerID, hostID, size };
}

function parseWhole(text: string, value: string, { least, most }: { least: number; most: number }): number {
  const number = /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw invalidMode(text, `${JSON.stringify(value.slice(0, 32))} must be a whole number from ${least} to ${most}`);
}
