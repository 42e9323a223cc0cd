import { EngineError } from "../base/index.ts";
import {
  type Descriptor,
  type DiffId,
  type Digest,
  documentLimits,
  isImageConfigType,
  parseImageConfig,
} from "../oci/index.ts";
import type { ImageRef } from "./reference.ts";
import { readDocument } from "./storeDocuments.ts";
import { isManifestEntry, readManifest } from "./storedImage.ts";
import { type IndexEntry, readIndex } from "./storeIndex.ts";
import type { StoreLayout } from "./storeLayout.ts";
import { entryRef } from "./storeNames.ts";

/** A blob that an image of the store needs, and where it can be had again. */
export interface StorePart {
  readonly kind: "manifest" | "config" | "layer";
  readonly descriptor: Descriptor;
  /** Of a layer, when the configuration can be read that says it. */
  readonly diffId?: DiffId;
  /** A name or digest of the image, as the index has it. */
  readonly image: string;
  /** The repositories that images with this blob came from. */
  readonly sources: readonly ImageRef[];
}

/** Every blob of every image once, as far as the documents that name them can be read. */
export function storeParts(layout: StoreLayout): readonly StorePart[] {
  const parts = new Map<Digest, StorePart>();
  for (const entry of readIndex(layout).filter(isManifestEntry)) {
    for (const part of partsOf(layout, entry)) {
      const { digest } = part.descriptor;
      const known = parts.get(digest);
      parts.set(digest, known === undefined ? part : merged(known, part));
    }
  }
  return [...parts.values()];
}

function merged(known: StorePart, other: StorePart): StorePart {
  const diffId = known.diffId ?? other.diffId;
  return { ...known, ...(diffId === undefined ? {} : { diffId }), sources: [...known.sources, ...other.sources] };
}

function partsOf(layout: StoreLayout, entry: IndexEntry): readonly StorePart[] {
  const ref = entryRef(entry);
  // Only a registry's digest says that the image came from one: a name alone may be anybody's.
  const came = ref !== undefined && entry.repoDigest !== undefined;
  const common = {
    image: entry.name ?? entry.manifest.digest,
    sources: came ? [{ registry: ref.registry, repository: ref.repository }] : [],
  };
  const self: StorePart = { kind: "manifest", descriptor: entry.manifest, ...common };
  const manifest = readable(() => readManifest(layout, entry));
  if (manifest === undefined) return [self];
  const diffIds = isImageConfigType(manifest.config.mediaType) ? diffIdsOf(layout, manifest.config.digest) : [];
  return [
    self,
    { kind: "config", descriptor: manifest.config, ...common },
    ...manifest.layers.map((descriptor, index): StorePart => {
      const diffId = diffIds[index];
      return { kind: "layer", descriptor, ...(diffId === undefined ? {} : { diffId }), ...common };
    }),
  ];
}

function diffIdsOf(layout: StoreLayout, config: Digest): readonly DiffId[] {
  const bytes = readable(() => readDocument(layout, config, documentLimits.configBytes));
  return (bytes === undefined ? undefined : readable(() => parseImageConfig(bytes)))?.rootfs.diff_ids ?? [];
}

/** What cannot be read is what the check is looking for. */
function readable<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof EngineError) return undefined;
    throw error;
  }
}
