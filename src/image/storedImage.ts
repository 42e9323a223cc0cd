import { EngineError } from "../base/index.ts";
import {
  type Descriptor,
  type Digest,
  documentKind,
  documentLimits,
  type ImageConfig,
  type ImageManifest,
  parseImageConfig,
  parseManifest,
} from "../oci/index.ts";
import type { ImageRef } from "./reference.ts";
import { readWhole } from "./storeDocuments.ts";
import type { IndexEntry } from "./storeIndex.ts";
import type { StoreLayout } from "./storeLayout.ts";
import { namesOf } from "./storeNames.ts";

/** An image of the store: one configuration under all its names. Everything in `config` comes from strangers (R9). */
export interface StoredImage {
  /** The digest of the configuration: what Docker calls the image's id. */
  readonly id: Digest;
  readonly manifestDigest: Digest;
  readonly manifest: ImageManifest;
  readonly config: ImageConfig;
  readonly tags: readonly ImageRef[];
  /** Repository and digest as the registry knows it: of the index if there was one. */
  readonly digests: readonly ImageRef[];
}

/** Reads the manifest of an entry. @throws EngineError `storeCorrupt` and those of `parseManifest`. */
export function readManifest(layout: StoreLayout, entry: IndexEntry): ImageManifest {
  return parseManifest(required(layout, entry.manifest, documentLimits.manifestBytes), entry.manifest.mediaType);
}

function required(layout: StoreLayout, document: Descriptor, maxBytes: number): Uint8Array {
  const { digest } = document;
  const bytes = readWhole(layout, document, maxBytes);
  if (bytes !== undefined) return bytes;
  throw new EngineError(
    "storeCorrupt",
    `the document "${digest}" is missing from the image store "${layout.directory}"`,
    {
      hint: 'remove the image with "brig rmi" and pull it again',
      details: { digest },
    },
  );
}

/** The id of an entry's image; undefined when it is not an image, or too damaged to say. */
export function imageIdOf(layout: StoreLayout, entry: IndexEntry): Digest | undefined {
  if (entry.imageId !== undefined) return entry.imageId;
  try {
    return readManifest(layout, entry).config.digest;
  } catch (error) {
    if (error instanceof EngineError) return undefined;
    throw error;
  }
}

/** Whether an entry can be an image of ours: a push or another tool may have put an index or an artefact beside them. */
export function isManifestEntry(entry: IndexEntry): boolean {
  return entry.pushed !== "other" && documentKind(entry.manifest.mediaType) === "manifest";
}

/** Loads one image from the entries that name it; the first one says which manifest speaks for it. */
export function loadImage(layout: StoreLayout, first: IndexEntry, all: readonly IndexEntry[]): StoredImage {
  const manifest = readManifest(layout, first);
  const id = manifest.config.digest;
  const config = parseImageConfig(required(layout, manifest.config, documentLimits.configBytes));
  const names = namesOf(all.filter((entry) => imageIdOf(layout, entry) === id));
  return { id, manifestDigest: first.manifest.digest, manifest, config, ...names };
}
