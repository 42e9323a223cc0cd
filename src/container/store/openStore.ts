import { join } from "node:path";
import { type ImageTree, noSuchImage, openImageStore, type PrunedImages, treeOfImages } from "../../image/index.ts";
import type { EngineContext } from "../run/engineContext.ts";
import type { ImageFileChange } from "../study/compareFiles.ts";
import { type DiffImagesRequest, diffImages } from "../study/diffImages.ts";
import { explainImage, type ImageExplanation } from "../study/explainImage.ts";
import { type DiskUsage, measureUsage } from "./diskUsage.ts";
import { forecastImages, forecastOf, layerSizes, type PruneForecast } from "./forecastPrune.ts";
import { pruneImages } from "./pruneImages.ts";
import { type PruneImagesRequest, pruneRules } from "./pruneRequest.ts";
import { forecastSystemPrune, type PrunedSystem, type SystemPruneRequest, systemPrune } from "./systemPrune.ts";

/** What is kept, what it takes, and what can go. */
export interface EngineStore {
  /** Removes images that nothing uses, and the blobs and layers that nothing needs. */
  pruneImages(request: PruneImagesRequest): Promise<PrunedImages>;
  /** What that would remove, what would stay, and why; changes nothing. */
  forecastPruneImages(request: PruneImagesRequest): Promise<PruneForecast>;
  /** Removes containers, networks, images and, when asked to, volumes that are not in use. */
  pruneSystem(request: SystemPruneRequest): Promise<PrunedSystem>;
  /** What that would remove, and why; changes nothing. */
  forecastPruneSystem(request: SystemPruneRequest): Promise<PruneForecast>;
  /** What takes the room of the data root. */
  diskUsage(): Promise<DiskUsage>;
  /** The layers of images, of one or of all, and which of them other images share. */
  imageTree(reference?: string): Promise<readonly ImageTree[]>;
  /** What each layer of an image added, changed and deleted, and what of it is of no use any more. */
  explainImage(reference: string): Promise<ImageExplanation>;
  /** The files that differ between two images. */
  diffImages(request: DiffImagesRequest): Promise<readonly ImageFileChange[]>;
}

export function openStore(context: EngineContext): EngineStore {
  return {
    pruneImages: (request) => pruneImages(request, context),
    forecastPruneImages: async (request) => forecastOf(await forecastImages(pruneRules(request, context), context)),
    pruneSystem: (request) => systemPrune(request, context),
    forecastPruneSystem: async (request) => forecastOf(await forecastSystemPrune(request, context)),
    diskUsage: () => measureUsage(context),
    imageTree: async (reference) => imageTree(context, reference),
    explainImage: (reference) => explainImage(reference, context),
    diffImages: (request) => diffImages(request, context),
  };
}

function imageTree(context: EngineContext, reference: string | undefined): readonly ImageTree[] {
  const store = openImageStore(join(context.root, "images"));
  const trees = treeOfImages(store.list(), { layerSize: layerSizes(context) });
  if (reference === undefined) return trees;
  const image = store.resolve(reference);
  if (image === undefined) throw noSuchImage(reference);
  return trees.filter(({ id }) => id === image.id);
}
