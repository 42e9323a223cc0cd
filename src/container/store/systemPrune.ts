import { EngineError } from "../../base/index.ts";
import type { PrunedImages } from "../../image/index.ts";
import { listPrunable, pruneContainers } from "../lifecycle/pruneContainers.ts";
import type { ObjectFilter } from "../list/containerFilters.ts";
import { listUnusedNetworks, pruneNetworks } from "../networks/removeNetwork.ts";
import type { EngineContext } from "../run/engineContext.ts";
import { listUnused, type Pruned, pruneVolumes } from "../volumes/removeVolume.ts";
import { forecastImages, type PruneVerdict } from "./forecastPrune.ts";
import { pruneImages } from "./pruneImages.ts";
import { pruneRules } from "./pruneRequest.ts";

export interface SystemPruneRequest {
  /** Every image that no container uses, not only those without a tag. */
  readonly all: boolean;
  /** Anonymous volumes that no container uses, too. */
  readonly volumes: boolean;
  /** `label`, `label!` and, without `volumes`, `until`. */
  readonly filters: readonly ObjectFilter[];
}

export interface PrunedSystem {
  readonly containers: Pruned;
  readonly networks: Pruned;
  readonly volumes: Pruned;
  readonly images: PrunedImages;
  readonly reclaimedBytes: number;
}

/**
 * Removes what is not in use, in the order in which one thing frees the next: containers, networks, volumes, images.
 *
 * @throws EngineError `invalidValue` for a filter, with Docker's sentence for `until` together with volumes.
 */
export async function systemPrune(request: SystemPruneRequest, context: EngineContext): Promise<PrunedSystem> {
  checkFilters(request);
  const { all, filters } = request;
  const containers = await pruneContainers(filters, context);
  const networks = await pruneNetworks(filters, context);
  const nothing: Pruned = { removed: [], reclaimedBytes: 0 };
  const volumes = request.volumes ? await pruneVolumes({ all: false, filters }, context) : nothing;
  const images = await pruneImages({ all, filters }, context);
  const reclaimedBytes = containers.reclaimedBytes + volumes.reclaimedBytes + images.reclaimedBytes;
  return { containers, networks, volumes, images, reclaimedBytes };
}

/**
 * What `systemPrune` would remove at this moment, and what of the images' store would stay. Changes nothing.
 *
 * @throws EngineError as `systemPrune`.
 */
export async function forecastSystemPrune(
  request: SystemPruneRequest,
  context: EngineContext,
): Promise<readonly PruneVerdict[]> {
  checkFilters(request);
  const { filters } = request;
  const containers = await listPrunable(filters, context);
  const without = new Set<string>(containers.map(({ id }) => id));
  const networks = listUnusedNetworks(filters, context, without);
  const volumes = request.volumes ? await listUnused({ all: false, filters }, context, without) : [];
  const going = { names: [], goes: true } as const;
  return [
    ...containers.map(({ id, name, size }): PruneVerdict => {
      const bytes = size?.writtenBytes ?? 0;
      return { kind: "container", object: id, names: [name], bytes, goes: true, reason: "it does not run" };
    }),
    ...networks.map(
      ({ name }): PruneVerdict => ({ kind: "network", object: name, bytes: 0, ...going, reason: unused }),
    ),
    ...volumes.map(
      ({ name, bytes }): PruneVerdict => ({ kind: "volume", object: name, bytes, ...going, reason: unused }),
    ),
    ...(await forecastImages(pruneRules(request, context, without), context, without)),
  ];
}

const unused = "no container that stays uses it";

function checkFilters({ volumes, filters }: SystemPruneRequest): void {
  if (!volumes || !filters.some(({ name }) => name === "until")) return;
  throw new EngineError("invalidValue", 'ERROR: The "until" filter is not supported with "--volumes"', {
    hint: "prune the volumes by themselves: brig volume prune",
  });
}
