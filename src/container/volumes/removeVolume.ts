import { EngineError, failPoint } from "../../base/index.ts";
import { hasLabel } from "../../image/index.ts";
import { measureTrees, removeTree } from "../../overlay/index.ts";
import type { ObjectFilter } from "../list/containerFilters.ts";
import {
  attachVolumeAgain,
  condemnedVolumes,
  condemnVolume,
  detachVolume,
  leftoverVolumes,
  volumeContent,
} from "../state/volumes.ts";
import { readVolumeUsers } from "../state/volumeUsers.ts";
import { labelsOf, readVolumes, requireVolume } from "./listVolumes.ts";
import { settleVolumes, volumeTask } from "./settleVolumes.ts";

export interface VolumePlaces {
  readonly root: string;
  readonly helperPath: string;
}

/**
 * Removes a volume and everything in it.
 *
 * @throws EngineError `volumeNotFound`, `volumeInUse` with Docker's sentences.
 */
export async function removeVolume(name: string, places: VolumePlaces): Promise<void> {
  const { root, helperPath } = places;
  settleVolumes(root);
  requireVolume(root, name);
  const users = readVolumeUsers(root).get(name);
  if (users !== undefined) throw inUse(name, users);
  const gone = detachVolume(root, name, volumeTask("checking"));
  failPoint("volume.detached");
  // A container writes down what it is going to use before it looks for it: one that still found the volume is seen now.
  const late = readVolumeUsers(root).get(name);
  if (gone !== undefined && late !== undefined) {
    attachVolumeAgain(root, name, gone);
    throw inUse(name, late);
  }
  if (gone !== undefined) condemnVolume(root, gone);
  failPoint("volume.condemned");
  // Those of removals that were killed are deleted too.
  for (const path of leftoverVolumes(root, condemnedVolumes)) await removeTree({ helperPath, path });
}

function inUse(name: string, users: readonly string[]): EngineError {
  return new EngineError("volumeInUse", `remove ${name}: volume is in use - [${users.join(", ")}]`, {
    hint: `remove the containers first: brig rm ${users.map((id) => id.slice(0, 12)).join(" ")}`,
    details: { name, users },
  });
}

export interface PruneVolumesRequest {
  /** Named volumes too, not only anonymous ones. */
  readonly all: boolean;
  /** `label` and `label!`. */
  readonly filters: readonly ObjectFilter[];
}

export interface Pruned {
  /** Ids or names of what was removed. */
  readonly removed: readonly string[];
  readonly reclaimedBytes: number;
}

/**
 * Removes the volumes that no container uses.
 *
 * @throws EngineError `invalidValue` for an unknown filter.
 */
export async function pruneVolumes(request: PruneVolumesRequest, places: VolumePlaces): Promise<Pruned> {
  settleVolumes(places.root);
  const removed: string[] = [];
  let reclaimedBytes = 0;
  for (const { name, bytes } of await listUnused(request, places)) {
    if (!(await removedUnlessUsed(name, places))) continue;
    removed.push(name);
    reclaimedBytes += bytes;
  }
  return { removed, reclaimedBytes };
}

export interface MeasuredVolume {
  readonly name: string;
  readonly bytes: number;
}

/**
 * The volumes that `pruneVolumes` would remove; `without` are containers that are about to go.
 *
 * @throws EngineError `invalidValue` for an unknown filter.
 */
export async function listUnused(
  request: PruneVolumesRequest,
  places: VolumePlaces,
  without: ReadonlySet<string> = new Set(),
): Promise<readonly MeasuredVolume[]> {
  const all = request.all || request.filters.some(({ name, value }) => name === "all" && /^(true|1)$/.test(value));
  const fits = compilePruneLabels(request.filters, ["all"]);
  const users = readVolumeUsers(places.root);
  const isUsed = (name: string): boolean => (users.get(name) ?? []).some((id) => !without.has(id));
  const unused = readVolumes(places.root).filter(
    (record) => !isUsed(record.name) && (all || record.anonymous) && fits(labelsOf(record)),
  );
  return measureVolumes(
    unused.map(({ name }) => name),
    places,
  );
}

/** The bytes of the files in volumes, in their order. */
export async function measureVolumes(
  names: readonly string[],
  places: VolumePlaces,
): Promise<readonly MeasuredVolume[]> {
  const paths = names.map((name) => volumeContent(places.root, name));
  const sizes = await measureTrees({ helperPath: places.helperPath, paths });
  return names.map((name, index) => ({ name, bytes: sizes[index] ?? 0 }));
}

/** Somebody may use or remove it at this moment: then it is not ours to remove. */
async function removedUnlessUsed(name: string, places: VolumePlaces): Promise<boolean> {
  try {
    await removeVolume(name, places);
    return true;
  } catch (error) {
    if (error instanceof EngineError && (error.code === "volumeInUse" || error.code === "volumeNotFound")) return false;
    throw error;
  }
}

/** `label=`, `label!=` of prune commands: all must hold. `others` are filters that somebody else looks at. */
export function compilePruneLabels(
  filters: readonly ObjectFilter[],
  others: readonly string[],
): (labels: ReadonlyMap<string, string>) => boolean {
  for (const { name } of filters) {
    if (name === "label" || name === "label!" || others.includes(name)) continue;
    throw new EngineError("invalidValue", `invalid filter '${name.slice(0, 80)}'`);
  }
  return (labels) =>
    filters.every(({ name, value }) => {
      if (name === "label") return hasLabel(labels, value);
      return name !== "label!" || !hasLabel(labels, value);
    });
}
