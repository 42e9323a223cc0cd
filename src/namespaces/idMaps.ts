import { EngineError } from "../base/index.ts";
import type { SpecIdMapping } from "../oci/index.ts";
import type { IdRange } from "./idRanges.ts";

/** The kernel takes this many lines (user_namespaces(7), since Linux 4.15). */
const maxMappings = 340;
const maxId = 2 ** 32 - 2;

/** The mapping of a container's user namespace: its ids from 0 on are the host's ids of the range. */
export function idMappings(range: IdRange): readonly SpecIdMapping[] {
  return [{ containerID: 0, hostID: range.firstId, size: range.size }];
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
