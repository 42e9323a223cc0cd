import { join } from "node:path";
import { EngineError } from "../../base/index.ts";
import { openImageStore } from "../../image/index.ts";
import { healthOf } from "../health/readHealth.ts";
import { lostOf, tend } from "../lifecycle/adoptContainer.ts";
import { findNetwork, predefinedName } from "../networks/findNetwork.ts";
import { publishedPorts } from "../ports/publishedPorts.ts";
import type { CreatedContainer } from "../runReports.ts";
import { listContainerIds } from "../state/containerIds.ts";
import { containerPaths } from "../state/containerPaths.ts";
import { readContainerRecord } from "../state/containerRecord.ts";
import { readLiveState, type StatePlaces } from "../state/liveState.ts";
import { type ObservedState, observeState } from "../state/observedState.ts";
import { readBootId } from "../state/processIdentity.ts";
import { findContainer } from "../state/removeContainer.ts";
import { readStartFailure } from "../why/startFailure.ts";
import {
  compileFilters,
  type FilteredContainer,
  type FilterFacts,
  looksAtStopped,
  type ObjectFilter,
} from "./containerFilters.ts";
import { measureContainers } from "./measureContainers.ts";
import { summarizeContainer } from "./summarizeContainer.ts";

export interface ListPlaces extends StatePlaces {
  readonly helperPath: string;
}

export interface ListRequest {
  /** Not only running containers. */
  readonly all: boolean;
  /** Only so many of those made last, running or not. */
  readonly last?: number;
  readonly filters?: readonly ObjectFilter[];
  /** Measure what each has written. */
  readonly size?: boolean;
}

/**
 * The containers, the youngest first. One that is being made or removed is not there yet, or no longer.
 *
 * @throws EngineError `invalidValue` for a filter, `containerNotFound` for the container that a filter names.
 */
export async function listContainers(places: ListPlaces, request: ListRequest): Promise<readonly CreatedContainer[]> {
  const { all, last, filters = [], size = false } = request;
  const fits = compileFilters(filters, filterFacts(places));
  const everyState = all || last !== undefined || looksAtStopped(filters);
  const found = (await readTended(places))
    .filter(({ container: { status } }) => everyState || isUp(status))
    .filter(fits)
    .sort(({ container: one }, { container: other }) => (one.created < other.created ? 1 : -1))
    .slice(0, last ?? Number.POSITIVE_INFINITY);
  return size ? withSizes(found, places) : found.map(({ container }) => container);
}

function isUp(status: ObservedState["status"]): boolean {
  return status === "running" || status === "paused" || status === "restarting";
}

/** Containers whose monitors were killed get new ones before they are shown. */
async function readTended(places: ListPlaces): Promise<readonly FilteredContainer[]> {
  const lost: string[] = [];
  const found = readContainers(places, lost);
  if (lost.length === 0) return found;
  await Promise.all(lost.map((id) => tend(id, places)));
  return readContainers(places, []);
}

/** Adds the ids of those that lack a monitor to `lost`. */
function readContainers(places: StatePlaces, lost: string[]): readonly FilteredContainer[] {
  const bootId = readBootId();
  return listContainerIds(places.root).flatMap((id) => {
    try {
      const paths = containerPaths(places.root, id);
      const record = readContainerRecord(paths.record);
      if (record === undefined) return [];
      const { cgroup } = record;
      const live = readLiveState({ ...places, id, bootId, ...(cgroup === undefined ? {} : { cgroup }) });
      if (lostOf(live, paths) !== undefined) lost.push(id);
      const state = observeState(live);
      const health = healthOf(record, places.runRoot, live)?.status;
      const failure = readStartFailure(paths.failure, state);
      const end = { state, ...(failure === undefined ? {} : { failure }) };
      const ports = isUp(state.status) ? publishedPorts(record, paths) : [];
      return [summarizeContainer(record, end, { ports, ...(health === undefined ? {} : { health }) })];
    } catch (error) {
      // One damaged container must not hide the others; brig rm --force takes it away.
      if (error instanceof EngineError && error.code === "storeCorrupt") return [];
      throw error;
    }
  });
}

/** What is looked up only when a filter asks. */
function filterFacts({ root }: StatePlaces): FilterFacts {
  return {
    createdOf: (nameOrId) =>
      readContainerRecord(containerPaths(root, findContainer(root, nameOrId)).record)?.created ?? "",
    networkOf: (nameOrId) => findNetwork(root, nameOrId)?.name ?? predefinedName(nameOrId) ?? nameOrId,
    layersOf: (reference) => openImageStore(join(root, "images")).resolve(reference)?.config.rootfs.diff_ids,
  };
}

async function withSizes(
  found: readonly FilteredContainer[],
  places: ListPlaces,
): Promise<readonly CreatedContainer[]> {
  const sizes = await measureContainers(
    found.map(({ container: { id }, diffIds }) => ({ id, diffIds })),
    places,
  );
  return found.map(({ container }, index) => {
    const size = sizes[index];
    return size === undefined ? container : { ...container, size };
  });
}
