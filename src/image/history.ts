import type { Digest, ImageConfig } from "../oci/index.ts";
import { familiarName } from "./reference.ts";
import type { StoredImage } from "./storedImage.ts";
import { type ImageFacts, parseCreated } from "./summary.ts";

type HistoryEntry = ImageConfig["history"][number];

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

/** A step of how an image was made, and which of its layers the step made. */
export interface HistoryStep {
  /** Absent for a layer that the history does not speak of. */
  readonly entry?: HistoryEntry;
  /** Counts from 0, the lowest; absent for a step without a layer. */
  readonly layer?: number;
}

/** The steps of an image's history and its layers side by side, the first step first. Pure. */
export function historySteps({ manifest, config }: StoredImage): readonly HistoryStep[] {
  let layer = 0;
  const steps: HistoryStep[] = config.history.map((entry) => {
    if (entry.empty_layer === true) return { entry };
    layer += 1;
    return { entry, layer: layer - 1 };
  });
  for (; layer < manifest.layers.length; layer += 1) steps.push({ layer });
  return steps;
}

/** How an image was made, the last step first. A layer that the history does not speak of is a step of its own. Pure. */
export function historyOf(image: StoredImage, { layerSize }: Pick<ImageFacts, "layerSize">): readonly HistoryItem[] {
  const { manifest, config } = image;
  const sizeOf = (layer: number): number => {
    const [diffId, descriptor] = [config.rootfs.diff_ids[layer], manifest.layers[layer]];
    return (diffId === undefined ? undefined : layerSize(diffId)) ?? descriptor?.size ?? 0;
  };
  const items = historySteps(image).map(
    ({ entry, layer }): HistoryItem => ({
      createdMs: parseCreated(entry?.created),
      createdBy: entry?.created_by ?? "",
      sizeBytes: layer === undefined ? 0 : sizeOf(layer),
      comment: entry?.comment ?? "",
      tags: [],
    }),
  );
  const [last, ...earlier] = items.toReversed();
  return last === undefined ? [] : [{ ...last, id: image.id, tags: image.tags.map(familiarName) }, ...earlier];
}
