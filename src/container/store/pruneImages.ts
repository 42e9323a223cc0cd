import { join } from "node:path";
import { openImageStore, type PrunedImages, pruneImages as pruneStore } from "../../image/index.ts";
import { tellImage } from "../events/tellImage.ts";
import { type PruneImagesRequest, type PrunePlaces, pruneRules } from "./pruneRequest.ts";

/**
 * Removes the images that nothing uses, and the blobs and layers that no image needs any more.
 *
 * @throws EngineError `invalidValue` for a filter, `storeCorrupt` when what is in use cannot be read.
 */
export async function pruneImages(request: PruneImagesRequest, places: PrunePlaces): Promise<PrunedImages> {
  const rules = pruneRules(request, places);
  const pruned = await pruneStore(openImageStore(join(places.root, "images")), rules);
  for (const { untagged, deleted } of pruned.images) {
    const tell = (action: "untag" | "delete", image: string) =>
      tellImage({ root: places.root, now: places.now(), action, image });
    for (const name of untagged) await tell("untag", name);
    for (const id of deleted) await tell("delete", id);
  }
  return pruned;
}
