import type { DiffId, Digest } from "../oci/index.ts";
import { familiarName } from "./reference.ts";
import type { StoredImage } from "./storedImage.ts";
import { type ImageFacts, imageSize } from "./summary.ts";

/** One layer of an image, the lowest first. */
export interface TreeLayer {
  readonly diffId: DiffId;
  readonly digest: Digest;
  /** As it is stored and sent. */
  readonly packedBytes: number;
  /** Unpacked; absent when it is not unpacked here. */
  readonly unpackedBytes?: number;
  /** The other images that have the same layer, by a name of each. */
  readonly sharedWith: readonly string[];
}

export interface ImageTree {
  readonly id: Digest;
  readonly names: readonly string[];
  /** See `ImageSummary.sizeBytes`. */
  readonly sizeBytes: number;
  /** Of the layers that another image has too. */
  readonly sharedBytes: number;
  /** Of the layers that no other image has. */
  readonly uniqueBytes: number;
  readonly layers: readonly TreeLayer[];
}

/** The layers of each image and which of them other images share. Pure. */
export function treeOfImages(
  images: readonly StoredImage[],
  { layerSize }: Pick<ImageFacts, "layerSize">,
): readonly ImageTree[] {
  const owners = ownersOf(images);
  return images.map((image) => {
    const layers = image.config.rootfs.diff_ids.flatMap((diffId, index): readonly TreeLayer[] => {
      const descriptor = image.manifest.layers[index];
      if (descriptor === undefined) return [];
      const unpackedBytes = layerSize(diffId);
      return [
        {
          diffId,
          digest: descriptor.digest,
          packedBytes: descriptor.size,
          ...(unpackedBytes === undefined ? {} : { unpackedBytes }),
          sharedWith: (owners.get(diffId) ?? []).filter((owner) => owner !== image).map(nameOfImage),
        },
      ];
    });
    const sizeBytes = imageSize(image, layerSize);
    const sharedBytes = layers
      .filter(({ sharedWith }) => sharedWith.length > 0)
      .reduce((sum, layer) => sum + (layer.unpackedBytes ?? layer.packedBytes), 0);
    return {
      id: image.id,
      names: image.tags.map(familiarName),
      sizeBytes,
      sharedBytes,
      uniqueBytes: sizeBytes - sharedBytes,
      layers,
    };
  });
}

/** The shortest way to speak of an image: a tag, else a digest as a registry knows it, else the beginning of its id. */
export function nameOfImage({ tags, digests, id }: StoredImage): string {
  const [name] = [...tags, ...digests];
  return name === undefined ? id.slice("sha256:".length, "sha256:".length + 12) : familiarName(name);
}

function ownersOf(images: readonly StoredImage[]): ReadonlyMap<DiffId, readonly StoredImage[]> {
  const owners = new Map<DiffId, StoredImage[]>();
  for (const image of images) {
    for (const diffId of new Set(image.config.rootfs.diff_ids)) {
      const known = owners.get(diffId);
      if (known === undefined) owners.set(diffId, [image]);
      else known.push(image);
    }
  }
  return owners;
}
