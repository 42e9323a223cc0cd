import { EngineError } from "../../base/index.ts";
import type { LayerKeeper, SweptLayer } from "../../image/index.ts";
import type { DiffId } from "../../oci/index.ts";
import { type LayerStore, openLayerStore } from "../../overlay/index.ts";
import { listImageUses } from "../imageUse.ts";
import type { StatePlaces } from "../state/liveState.ts";

export interface StorePlaces extends StatePlaces {
  readonly helperPath: string;
}

/** Removes unpacked layers that no image and no container needs. */
export function layerKeeper(places: StorePlaces): LayerKeeper {
  return { sweepLayers: (keep) => sweepLayers(places, keep) };
}

async function sweepLayers(places: StorePlaces, keep: ReadonlySet<DiffId>): Promise<readonly SweptLayer[]> {
  const layers = openLayerStore(places.root, places);
  // First: a removal that was killed may bring a layer back.
  await layers.sweepStaging();
  const used = usedLayers(places);
  const swept: SweptLayer[] = [];
  for (const diffId of await layers.list()) {
    if (keep.has(diffId) || used.has(diffId)) continue;
    const bytes = recordedSize(layers, diffId) ?? 0;
    // A container writes down what it is going to use before it looks for it: one that still found the layer is seen now.
    if (await layers.remove(diffId, () => usedLayers(places).has(diffId))) swept.push({ diffId, bytes });
  }
  return swept;
}

/** The names of the containers that use each layer, by diffId. */
export function usedLayers(places: StatePlaces): ReadonlyMap<string, string> {
  return new Map(listImageUses(places).flatMap(({ diffIds, name, id }) => diffIds.map((one) => [one, name || id])));
}

/** The unpacked size of a layer; undefined when it is not there, or so damaged that it does not say. */
export function recordedSize(layers: LayerStore, diffId: DiffId): number | undefined {
  try {
    return layers.read(diffId)?.size;
  } catch (error) {
    if (error instanceof EngineError && error.code === "storeCorrupt") return undefined;
    throw error;
  }
}
