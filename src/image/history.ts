import type { Digest } from "../oci/index.ts";
import { familiarName } from "./reference.ts";
import type { StoredImage } from "./storedImage.ts";
import { type ImageFacts, parseCreated } from "./summary.ts";

/** One step of how an image was made. The texts come from strangers: whoever prints them makes them harmless. */
export interface HistoryItem {
  /** Of the image itself; the images in between were left where it was built. */
  readonly id?: Digest;
  readonly createdMs: number | undefined;
  readonly createdBy: string;
  /** What the step's layer takes on disk when unpacked; 0 for a step without a layer. */
  readonly sizeBytes: number;
  readonly comment: string;
  /** The names of the image; empty for the steps in between. */
  readonly tags: readonly string[];
}

/** How an image was made, the last step first. A layer that the history does not speak of is a step of its own. Pure. */
export function historyOf(image: StoredImage, { layerSize }: Pick<ImageFacts, "layerSize">): readonly HistoryItem[] {
  const { manifest, config } = image;
  let layer = 0;
  const nextLayerSize = (): number => {
    const [diffId, descriptor] = [config.rootfs.diff_ids[layer], manifest.layers[layer]];
    layer += 1;
    return (diffId === undefined ? undefined : layerSize(diffId)) ?? descriptor?.size ?? 0;
  };
  const items: HistoryItem[] = config.history.map((entry) => ({
    createdMs: parseCreated(entry.created),
    createdBy: entry.created_by ?? "",
    sizeBytes: entry.empty_layer === true ? 0 : nextLayerSize(),
    comment: entry.comment ?? "",
    tags: [],
  }));
  while (layer < manifest.layers.length) {
    items.push({ createdMs: undefined, createdBy: "", sizeBytes: nextLayerSize(), comment: "", tags: [] });
  }
  const [last, ...earlier] = items.toReversed();
  return last === undefined ? [] : [{ ...last, id: image.id, tags: image.tags.map(familiarName) }, ...earlier];
}
