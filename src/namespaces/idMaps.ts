import { EngineError } from "../base/index.ts";
import type { SpecIdMapping } from "../oci/index.ts";
import type { IdRange } from "./idRanges.ts";
import type { OwnIds } from "./userns.ts";

/** The kernel takes this many lines (user_namespaces(7), since Linux 4.15). */
const maxMappings = 340;
const maxId = 2 ** 32 - 2;

/** Which ids of the host a container's ids are. */
export interface IdMaps {
  readonly uidMappings: readonly SpecIdMapping[];
  readonly gidMappings: readonly SpecIdMapping[];
}

/**
 * The mappings of a container's user namespace: its ids from 0 on are the host's ids of the range, but for those that
 * were asked for otherwise.
 *
 * @throws EngineError `invalidConfig` for what the kernel would refuse.
 */
export function idMappings(range: IdRange, asked?: Pick<OwnIds, "users" | "groups">): IdMaps {
  const maps = combined(range, asked);
  for (const mappings of [maps.uidMappings, maps.gidMappings]) formatIdMap(mappings);
  return maps;
}

/**
 * Which ids a container will have, before a range of the host's was reserved for it: those of the host are as if the
 * range began at 0.
 */
export function foreseenIds(size: number, asked?: Pick<OwnIds, "users" | "groups">): IdMaps {
  return combined({ firstId: 0, size }, asked);
}

function combined(range: IdRange, asked: Pick<OwnIds, "users" | "groups"> | undefined): IdMaps {
  const whole = [{ containerID: 0, hostID: range.firstId, size: range.size }];
  return {
    uidMappings: (asked?.users ?? []).reduce(withMapping, whole),
    gidMappings: (asked?.groups ?? []).reduce(withMapping, whole),
  };
}

/** Sorted by the container's ids. What else was asked for with the same ids stays, for the check to find. */
function withMapping(mappings: readonly SpecIdMapping[], asked: SpecIdMapping): SpecIdMapping[] {
  const end = asked.containerID + asked.size;
  const rest = mappings.flatMap((mapping): SpecIdMapping[] => {
    const last = mapping.containerID + mapping.size;
    const below = Math.min(last, asked.containerID) - mapping.containerID;
    const above = Math.max(mapping.containerID, end);
    const hostID = mapping.hostID + above - mapping.containerID;
    return [
      ...(below > 0 ? [{ ...mapping, size: below }] : []),
      ...(last > above ? [{ containerID: above, hostID, size: last - above }] : []),
    ];
  });
  return [...rest, asked].sort((one, other) => one.containerID - other.containerID);
}

/** How many ids from 0 on exist in the namespace, for users and groups alike; undefined without one. */
export function mappedIdCount(maps: Partial<IdMaps>): number | undefined {
  const { uidMappings, gidMappings } = maps;
  if (uidMappings === undefined || gidMappings === undefined) return undefined;
  const count = (mappings: readonly SpecIdMapping[]): number =>
    [...mappings]
      .sort((one, other) => one.containerID - other.containerID)
      .reduce((end, { containerID, size }) => (containerID <= end ? Math.max(end, containerID + size) : end), 0);
  return Math.min(count(uidMappings), count(gidMappings));
}

/**
 * An id of the host that is a user's and a group's of the namespace alike, root's if it can be: with these ids the
 * kernel lets an overlay be made of idmapped layers. Undefined when there is none.
 */
export function commonHostId({ uidMappings, gidMappings }: IdMaps): number | undefined {
  const starts = uidMappings.flatMap((user) =>
    gidMappings.flatMap((group) => {
      const first = Math.max(user.hostID, group.hostID);
      return first < Math.min(user.hostID + user.size, group.hostID + group.size) ? [first] : [];
    }),
  );
  return starts[0];
}

/**
 * The text for /proc/PID/uid_map or gid_map, which takes it in one write.
 *
 * @throws EngineError `invalidConfig` for what the kernel would refuse: no or too many lines, ids out of bounds,
 * overlapping ranges, or no mapping for root.
 */
export function formatIdMap(mappings: readonly SpecIdMapping[]): string {
  const rootless = mappings.every(({ containerID }) => containerID !== 0) ? "id 0 is not mapped" : undefined;
  const problem = mappingProblem(mappings) ?? rootless;
  if (problem !== undefined) {
    throw new EngineError("invalidConfig", `cannot map the ids of a user namespace: ${problem}`, {
      hint: `a map has 1 to ${maxMappings} ranges that do not overlap and begin at id 0`,
    });
  }
  return mapText(mappings);
}

/**
 * The same for a namespace that nobody lives in, by which the ids of files are mapped: it needs no root.
 *
 * @throws EngineError `invalidConfig` for what the kernel would refuse.
 */
export function formatFileIdMap(mappings: readonly SpecIdMapping[]): string {
  const problem = mappingProblem(mappings);
  if (problem !== undefined) throw new EngineError("invalidConfig", `cannot map the ids of files: ${problem}`);
  return mapText(mappings);
}

function mapText(mappings: readonly SpecIdMapping[]): string {
  return mappings.map(({ containerID, hostID, size }) => `${containerID} ${hostID} ${size}\n`).join("");
}

/** Why the kernel would refuse a map, in half a sentence: no or too many ranges, ids out of bounds, ranges that overlap. */
export function mappingProblem(mappings: readonly SpecIdMapping[]): string | undefined {
  if (mappings.length === 0 || mappings.length > maxMappings) return `it has ${mappings.length} ranges`;
  for (const { containerID, hostID, size } of mappings) {
    const isId = (id: number) => Number.isInteger(id) && id >= 0 && id + size - 1 <= maxId;
    if (!Number.isInteger(size) || size < 1 || !isId(containerID) || !isId(hostID)) {
      return `the range "${containerID} ${hostID} ${size}" is out of bounds`;
    }
  }
  return overlaps(mappings, "containerID") || overlaps(mappings, "hostID") ? "two ranges overlap" : undefined;
}

function overlaps(mappings: readonly SpecIdMapping[], side: "containerID" | "hostID"): boolean {
  const sorted = [...mappings].sort((a, b) => a[side] - b[side]);
  return sorted.some((mapping, index) => {
    const next = sorted[index + 1];
    return next !== undefined && mapping[side] + mapping.size > next[side];
  });
}

/**
 * The largest group id that exists inside the user namespace when all ids from 0 on are mapped, and 2^31 - 1 in the
 * host's: the kernel takes `net.ipv4.ping_group_range` only up to it (icmp(7)).
 */
export function largestGroupId(mappings: readonly SpecIdMapping[] | undefined): number {
  const first = mappings?.find((mapping) => mapping.containerID === 0);
  return Math.min(first === undefined ? 2 ** 31 - 1 : first.size - 1, 2 ** 31 - 1);
}
