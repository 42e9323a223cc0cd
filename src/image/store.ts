import { acquireLock, EngineError, type HeldLock, withLock } from "../base/index.ts";
import { type Descriptor, type Digest, documentLimits, parseManifest } from "../oci/index.ts";
import { keepReserve, writeShorterIndex } from "./indexReserve.ts";
import type { OpenPartial } from "./lockedPartial.ts";
import type { PullStore, TaggedImage } from "./pullStore.ts";
import { formatImageRef, type ImageRef, withDefaultTag } from "./reference.ts";
import * as documents from "./storeDocuments.ts";
import type { StoredImage } from "./storedImage.ts";
import { type IndexEntry, readIndex, writeIndex } from "./storeIndex.ts";
import { blobPathIn, prepareLayout, type StoreLayout, storeLayout } from "./storeLayout.ts";
import { entriesNamed, withName } from "./storeNames.ts";
import { resolveImage, type StoreSurvey, surveyImages } from "./storeResolve.ts";
import type { LayerKeeper, SweepReport } from "./storeSweep.ts";

/**
 * The images on disk. Nothing is kept in memory between calls and reading takes no lock, so any number of processes
 * may have the same store open. A directory that does not exist is an empty store; writing makes it.
 */
export interface ImageStore extends PullStore {
  readonly directory: string;
  /** Where a complete blob is, or would be. */
  blobPath(digest: Digest): string;
  /** As for a pull, from `start` on. */
  readBlob(digest: Digest, start?: number): AsyncIterable<Uint8Array>;
  openPartial(descriptor: Descriptor, signal?: AbortSignal): Promise<OpenPartial>;
  /**
   * Keeps sweeps away until `release`: whoever brings blobs in holds this from the first look for a blob to the tag.
   * Nested and parallel holds are fine.
   */
  holdOffSweeps(signal?: AbortSignal): Promise<HeldLock>;
  /** Takes a name away; the blobs stay until a sweep. Returns false when there was no such name. */
  removeTag(reference: ImageRef): Promise<boolean>;
  /** The image by name, `name@digest`, or whole or short id. Synchronous: three small files, no lock. */
  resolve(nameOrId: string): StoredImage | undefined;
  list(): readonly StoredImage[];
  /** `list` and, beside it, the images that are too damaged to be listed. */
  survey(): StoreSurvey;
  /** Reads, changes and replaces the index under its lock. `change` returns undefined to leave it as it is. */
  changeIndex<Result>(change: (entries: readonly IndexEntry[]) => IndexChange<Result>): Promise<Result>;
  collectGarbage(keeper: LayerKeeper): Promise<SweepReport>;
}

export interface IndexChange<Result> {
  /** The new entries; the file stays untouched when left out. */
  readonly entries?: readonly IndexEntry[];
  readonly result: Result;
}

/** Opens the store below `directory` (`ROOT/images`). Touches nothing yet. */
export function openImageStore(directory: string): ImageStore {
  const layout = storeLayout(directory);
  const changeIndex: ImageStore["changeIndex"] = (change) => changeIndexOf(layout, change);
  return {
    directory,
    hasBlob: (digest) => documents.hasBlob(layout, digest),
    blobPath: (digest) => blobPathIn(layout, digest),
    readDocument: async (digest, maxBytes) => documents.readDocument(layout, digest, maxBytes),
    readBlob: (digest, start) => documents.readBlob(layout, digest, start),
    putDocument: (bytes, mediaType) => documents.putDocument(layout, bytes, mediaType),
    async openPartial(descriptor, signal) {
      const { openPartial } = await import("./storePartial.ts");
      return openPartial(layout, descriptor, signal);
    },
    holdOffSweeps: (signal) => holdOffSweeps(layout, signal),
    isTagged: (reference, image) => {
      const entry = namedEntry(reference, image);
      return readIndex(layout).some((other) => isSameEntry(other, entry));
    },
    setTag: (reference, image) => setTag(layout, reference, image),
    removeTag: (reference) => changeIndex((entries) => withoutTag(entries, reference)),
    resolve: (nameOrId) => resolveImage(layout, nameOrId),
    list: () => surveyImages(layout).images,
    survey: () => surveyImages(layout),
    changeIndex,
    async collectGarbage(keeper) {
      const { collectGarbage } = await import("./storeSweep.ts");
      return collectGarbage(layout, keeper);
    },
  };
}

async function holdOffSweeps(layout: StoreLayout, signal?: AbortSignal): Promise<HeldLock> {
  prepareLayout(layout);
  const lock = await acquireLock(layout.sweepLock, { mode: "shared", ...(signal === undefined ? {} : { signal }) });
  if (lock === undefined) throw new Error("a lock without a time limit was given up");
  return lock;
}

async function changeIndexOf<Result>(
  layout: StoreLayout,
  change: (entries: readonly IndexEntry[]) => IndexChange<Result>,
): Promise<Result> {
  prepareLayout(layout);
  return withLock(layout.indexLock, { mode: "exclusive" }, () => {
    const before = readIndex(layout);
    const { entries, result } = change(before);
    if (entries === undefined) return result;
    if (entries.length < before.length) writeShorterIndex(layout, entries);
    else {
      writeIndex(layout, entries);
      keepReserve(layout);
    }
    return result;
  });
}

/** The tag is the last thing that is written of an image, and only when what it points at is there to stay (R11). */
async function setTag(layout: StoreLayout, reference: ImageRef, image: TaggedImage): Promise<{ changed: boolean }> {
  const hold = await holdOffSweeps(layout);
  try {
    const entry = { ...namedEntry(reference, image), imageId: await imageIdOfManifest(layout, image.manifest) };
    return await changeIndexOf(layout, (entries) => {
      const changed = !entries.some((other) => isSameEntry(other, entry));
      return { result: { changed }, ...(changed ? { entries: withName(entries, entry) } : {}) };
    });
  } finally {
    hold.release();
  }
}

async function imageIdOfManifest(layout: StoreLayout, manifest: Descriptor): Promise<Digest> {
  const bytes = documents.readDocument(layout, manifest.digest, documentLimits.manifestBytes);
  const id = bytes === undefined ? undefined : parseManifest(bytes, manifest.mediaType).config.digest;
  if (id !== undefined && (await documents.hasBlob(layout, id))) return id;
  const missing = id ?? manifest.digest;
  throw new EngineError("storeCorrupt", `cannot name an image whose document "${missing}" is not in the store`, {
    hint: "pull the image again",
  });
}

function namedEntry(
  reference: ImageRef,
  { manifest, platform, indexDigest, origin }: TaggedImage,
): Omit<IndexEntry, "imageId"> {
  const { registry, repository, tag, digest } = withDefaultTag(reference);
  // With both a tag and a digest the digest decides and the tag is not set, as in Docker.
  const name =
    digest === undefined
      ? { registry, repository, ...(tag === undefined ? {} : { tag }) }
      : { registry, repository, digest };
  const { mediaType, digest: manifestDigest, size } = manifest;
  const repoDigest = indexDigest ?? (origin === "local" ? undefined : manifestDigest);
  return {
    name: formatImageRef(name),
    manifest: { mediaType, digest: manifestDigest, size, platform },
    ...(repoDigest === undefined ? {} : { repoDigest }),
    foreign: {},
    foreignAnnotations: {},
  };
}

type ComparedEntry = Pick<IndexEntry, "name" | "manifest" | "repoDigest">;

function isSameEntry(one: ComparedEntry, other: ComparedEntry): boolean {
  return (
    one.name === other.name && one.manifest.digest === other.manifest.digest && one.repoDigest === other.repoDigest
  );
}

function withoutTag(entries: readonly IndexEntry[], reference: ImageRef): IndexChange<boolean> {
  const named = entriesNamed(entries, withDefaultTag(reference));
  if (named.length === 0) return { result: false };
  return { entries: entries.filter((entry) => !named.includes(entry)), result: true };
}
