import { failPoint } from "../../base/index.ts";
import type { Digest } from "../../oci/index.ts";
import { familiarName } from "../reference.ts";
import type { RemovedImage } from "../remove.ts";
import type { ImageStore } from "../store.ts";
import { imageIdOf } from "../storedImage.ts";
import type { IndexEntry } from "../storeIndex.ts";
import { storeLayout } from "../storeLayout.ts";
import { withBack } from "../storeNames.ts";
import { surveyImages } from "../storeResolve.ts";
import type { LayerKeeper, SweptLayer } from "../storeSweep.ts";
import { type ImageVerdict, type PruneRules, planPrune } from "./planPrune.ts";

export interface ImagePruning extends PruneRules, LayerKeeper {}

export interface PrunedImages {
  /** Each image by itself: its names and its id. */
  readonly images: readonly RemovedImage[];
  /** Layers that nothing uses any more, of these images or of earlier ones. */
  readonly layers: readonly SweptLayer[];
  /** Bytes of blobs and layers that were removed from the disk. */
  readonly reclaimedBytes: number;
  /** A pull was under way: the names are gone, and the next sweep takes their blobs and layers. */
  readonly postponed: boolean;
}

/**
 * Removes images by `planPrune`, all their names in one step, then sweeps what no image and no container needs. A
 * container that says between the decision and its execution that it uses an image gets it back with its names.
 *
 * @throws EngineError `storeCorrupt` when what is in use cannot be read: then at most names are gone.
 */
export async function pruneImages(store: ImageStore, pruning: ImagePruning): Promise<PrunedImages> {
  const gone = await store.changeIndex((entries) => withoutPruned(store, entries, pruning));
  failPoint("prune.untagged");
  const kept = gone.filter(({ verdict: { image } }) => pruning.usedBy(image.id).length > 0);
  if (kept.length > 0) await giveBack(store, kept);
  const { layers, bytes, postponed } = await store.collectGarbage(pruning);
  const images = gone
    .filter((each) => !kept.includes(each))
    .map(({ verdict: { image } }) => ({
      untagged: [...image.tags, ...image.digests].map(familiarName),
      deleted: [image.id],
    }));
  return { images, layers, reclaimedBytes: bytes, postponed };
}

interface GoneImage {
  readonly verdict: ImageVerdict;
  readonly entries: readonly IndexEntry[];
}

function withoutPruned({ directory }: ImageStore, entries: readonly IndexEntry[], rules: PruneRules) {
  const layout = storeLayout(directory);
  const going = new Map<Digest, GoneImage & { entries: IndexEntry[] }>();
  for (const verdict of planPrune(surveyImages(layout, entries).images, rules))
    if (verdict.goes) going.set(verdict.image.id, { verdict, entries: [] });
  const staying = entries.filter((entry) => {
    const id = imageIdOf(layout, entry);
    const gone = id === undefined ? undefined : going.get(id);
    gone?.entries.push(entry);
    return gone === undefined;
  });
  const result: readonly GoneImage[] = [...going.values()];
  return result.length === 0 ? { result } : { result, entries: staying };
}

function giveBack(store: ImageStore, images: readonly GoneImage[]): Promise<void> {
  return store.changeIndex((entries) => ({
    entries: images.flatMap((image) => image.entries).reduce(withBack, entries),
    result: undefined,
  }));
}
