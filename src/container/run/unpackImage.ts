import { join } from "node:path";
import { EngineError } from "../../base/index.ts";
import { familiarName, openImageStore, removedMeanwhile, restoreLayer, type StoredImage } from "../../image/index.ts";
import { openLayerStore } from "../../overlay/index.ts";
import type { EngineContext } from "./engineContext.ts";

/**
 * Unpacks the layers that an image lacks from its blobs, with all the checks of a pull: another tool that copied the
 * image into the store has not done so. Nothing is swept meanwhile.
 *
 * @throws EngineError `imageNotFound` when the image was removed since it was looked for, `storeCorrupt` when a blob is
 * missing or damaged, `unsupportedMediaType` for one that is no layer.
 */
export async function unpackImage(
  { root, helperPath }: Pick<EngineContext, "root" | "helperPath">,
  { id, tags, manifest, config }: StoredImage,
): Promise<void> {
  const store = openImageStore(join(root, "images"));
  const layers = openLayerStore(root, { helperPath });
  const hold = await store.holdOffSweeps();
  try {
    for (const [index, diffId] of config.rootfs.diff_ids.entries()) {
      const descriptor = manifest.layers[index];
      if (await layers.has(diffId)) continue;
      if (descriptor === undefined || !(await store.hasBlob(descriptor.digest))) {
        const [tag] = tags;
        if (store.resolve(id) === undefined) throw removedMeanwhile(tag === undefined ? id : familiarName(tag));
        throw new EngineError("storeCorrupt", `the layer "${diffId}" of the image is missing, and so is its blob`, {
          hint: "pull the image again",
        });
      }
      await restoreLayer({ store, layers, descriptor, diffId });
    }
  } finally {
    hold.release();
  }
}
