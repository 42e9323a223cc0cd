import type { DiffId, Digest } from "../oci/index.ts";
import { familiarName } from "./reference.ts";
import type { StoredImage } from "./storedImage.ts";

/** One image as a list shows it. Labels and names come from strangers: whoever prints them makes them harmless. */
export interface ImageSummary {
  readonly id: Digest;
  /** `alpine:3.20`; empty for a dangling image. */
  readonly repoTags: readonly string[];
  /** `alpine@sha256:...`, as the registry knows it; empty for an image that never came from one. */
  readonly repoDigests: readonly string[];
  /** When the image was made, in milliseconds since 1970; undefined when its maker did not say, or not in RFC 3339. */
  readonly createdMs: number | undefined;
  /** What the image takes on disk when unpacked: the sum of its layers, of which other images may share some. */
  readonly sizeBytes: number;
  readonly labels: ReadonlyMap<string, string>;
  /** How many containers use the image, running or not. */
  readonly containers: number;
}

/** What other rooms know about an image. */
export interface ImageFacts {
  /** The unpacked size of a layer in bytes, where it is recorded. */
  readonly layerSize: (diffId: DiffId) => number | undefined;
  readonly containers: (imageId: Digest) => number;
}

/** Sums an image up. Pure. */
export function summarizeImage(image: StoredImage, { layerSize, containers }: ImageFacts): ImageSummary {
  return {
    id: image.id,
    repoTags: image.tags.map(familiarName),
    repoDigests: image.digests.map(familiarName),
    createdMs: createdMsOf(image),
    sizeBytes: imageSize(image, layerSize),
    labels: image.config.config.Labels,
    containers: containers(image.id),
  };
}

/** Every image in Docker's order, the youngest first. */
export function summarizeImages(images: readonly StoredImage[], facts: ImageFacts): readonly ImageSummary[] {
  return images
    .map((image) => summarizeImage(image, facts))
    .toSorted((one, other) => (other.createdMs ?? 0) - (one.createdMs ?? 0));
}

/** The unpacked size of an image; a layer that is not unpacked counts with its compressed size. */
export function imageSize({ manifest, config }: StoredImage, layerSize: ImageFacts["layerSize"]): number {
  return manifest.layers.reduce((sum, layer, index) => {
    const diffId = config.rootfs.diff_ids[index];
    return sum + ((diffId === undefined ? undefined : layerSize(diffId)) ?? layer.size);
  }, 0);
}

/** When the image was made. */
export function createdMsOf({ config }: StoredImage): number | undefined {
  return parseCreated(config.created);
}

/** Milliseconds since 1970. The text is a stranger's: anything but a date with a time and a zone is none. */
export function parseCreated(text = ""): number | undefined {
  const isDate = text.length <= 40 && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(text);
  const time = isDate ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
