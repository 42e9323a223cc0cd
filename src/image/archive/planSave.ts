import type { Descriptor, Digest, Platform } from "../../oci/index.ts";
import { formatImageRef, type ImageRef, parseImageRef } from "../reference.ts";
import { noSuchImage } from "../remove.ts";
import { requirePlatform } from "../requirePlatform.ts";
import type { StoredImage } from "../storedImage.ts";
import { repositoryOf } from "../storeNames.ts";

/** An image to save and the names that it is to have in the archive. */
export interface SavedImageNames {
  readonly image: StoredImage;
  readonly names: readonly ImageRef[];
}

export interface SaveSelection {
  /** What the user wrote, each. */
  readonly references: readonly string[];
  readonly platform?: Platform;
  readonly images: readonly StoredImage[];
  readonly resolve: (nameOrId: string) => StoredImage | undefined;
}

/**
 * Selects what `save` writes, by Docker's rules: a name without a tag stands for every tag of its repository, an id and a
 * digest for an image without a name; each image comes once, in the order of the words. Pure.
 *
 * @throws EngineError `imageNotFound`, `invalidReference`, `platformNotFound`.
 */
export function planSave({ references, platform, images, resolve }: SaveSelection): readonly SavedImageNames[] {
  const found = new Map<Digest, SavedImageNames>();
  const add = (image: StoredImage, names: readonly ImageRef[]): void => {
    const before = found.get(image.id)?.names ?? [];
    const all = new Map([...before, ...names].map((name) => [formatImageRef(name), name]));
    found.set(image.id, { image, names: [...all.values()] });
  };
  for (const text of references) {
    const reference = parseName(text);
    const tagged = reference === undefined ? [] : taggedImages(images, reference);
    for (const { image, names } of tagged) add(image, names);
    if (tagged.length > 0) continue;
    const image = resolve(text);
    if (image === undefined) throw noSuchImage(text);
    add(image, []);
  }
  for (const { image } of found.values()) requirePlatform(image, platform);
  return [...found.values()];
}

/** Undefined for what is an id, whole or shortened, or has a digest. */
function parseName(text: string): ImageRef | undefined {
  if (/^(sha256:)?[0-9a-f]{64}$/.test(text)) return undefined;
  const reference = parseImageRef(text);
  return reference.digest === undefined ? reference : undefined;
}

function taggedImages(images: readonly StoredImage[], { tag, ...repository }: ImageRef): readonly SavedImageNames[] {
  return images.flatMap((image) => {
    const own = image.tags.filter((name) => repositoryOf(name) === repositoryOf(repository));
    const names = tag === undefined ? own : own.filter((name) => name.tag === tag);
    return names.length === 0 ? [] : [{ image, names }];
  });
}

/** The blobs of the images, each once, documents first. */
export function blobsOf(images: readonly StoredImage[], documents: readonly Descriptor[]): readonly Descriptor[] {
  const blobs = new Map<Digest, Descriptor>(documents.map((descriptor) => [descriptor.digest, descriptor]));
  for (const { manifest } of images) {
    for (const descriptor of [manifest.config, ...manifest.layers]) {
      if (!blobs.has(descriptor.digest)) blobs.set(descriptor.digest, descriptor);
    }
  }
  return [...blobs.values()];
}
