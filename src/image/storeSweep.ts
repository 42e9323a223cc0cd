import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { acquireLock, EngineError, errnoOf, failPoint, fileSystemError } from "../base/index.ts";
import {
  type DiffId,
  type Digest,
  documentKind,
  documentLimits,
  type ImageManifest,
  isDigest,
  isImageConfigType,
  parseImageConfig,
  parseIndex,
  parseManifest,
} from "../oci/index.ts";
import { ownMediaType, readDocument } from "./storeDocuments.ts";
import { type IndexEntry, readIndex } from "./storeIndex.ts";
import { blobPathIn, type StoreLayout } from "./storeLayout.ts";
import { removeStalePartials } from "./sweepPartials.ts";

/** What only other rooms know about unpacked layers. */
export interface LayerKeeper {
  /**
   * Removes every layer tree that is not in `keep` and that no container uses; returns what it removed. Runs while
   * no image can come or go.
   */
  sweepLayers(keep: ReadonlySet<DiffId>): Promise<readonly SweptLayer[]>;
}

export interface SweptLayer {
  readonly diffId: DiffId;
  /** Of its files. */
  readonly bytes: number;
}

export interface SweepReport {
  /** A pull was under way, so nothing was removed; the next sweep finds the same garbage. */
  readonly postponed: boolean;
  readonly blobs: readonly Digest[];
  readonly layers: readonly SweptLayer[];
  /** Of the blobs and the layers. */
  readonly bytes: number;
}

/** How long a sweep waits for short writers, such as another `brig tag`, before it leaves the work to the next one. */
const patienceMs = 300;

/**
 * Removes every blob, and through `keeper` every layer tree, that no image needs: marks from index.json, then sweeps.
 *
 * A pull writes blobs long before the tag that makes them reachable, so marking alone would take them away from under
 * it. Therefore pulls hold the sweep lock shared from their first look for a blob to their tag, and a sweep holds it
 * exclusively; a sweep does not wait for a download, since nothing is lost by sweeping later.
 *
 * @throws EngineError `storeCorrupt` when a document that says what is in use cannot be read: then nothing is removed.
 */
export async function collectGarbage(layout: StoreLayout, keeper: LayerKeeper): Promise<SweepReport> {
  const nothing = { postponed: false, blobs: [], layers: [], bytes: 0 };
  const lock = await acquireIfStoreExists(layout);
  if (lock === "no store") return nothing;
  if (lock === undefined) return { ...nothing, postponed: true };
  try {
    const { blobs: used, layers: keep } = markUsed(layout);
    failPoint("rmi.marked");
    const { blobs, bytes } = await sweepBlobs(layout, used);
    failPoint("rmi.blobs-removed");
    await removeStalePartials(layout);
    const layers = await keeper.sweepLayers(keep);
    return { postponed: false, blobs, layers, bytes: layers.reduce((sum, layer) => sum + layer.bytes, bytes) };
  } finally {
    lock.release();
  }
}

async function acquireIfStoreExists(layout: StoreLayout) {
  try {
    return await acquireLock(layout.sweepLock, { mode: "exclusive", patienceMs });
  } catch (error) {
    if (error instanceof EngineError && error.details.errno === "ENOENT") return "no store";
    throw error;
  }
}

/** What of a store is in use. */
export interface Marks {
  readonly blobs: Set<Digest>;
  /** The layer trees to keep; absent where nobody runs what is marked. */
  readonly layers?: Set<DiffId>;
  /** Documents whose own references were followed. */
  readonly followed: Set<Digest>;
}

/**
 * Follows what `entries` name down to the layers.
 *
 * @throws EngineError `storeCorrupt` when a document that says what is in use cannot be read.
 */
export function markUsed(layout: StoreLayout, entries: readonly IndexEntry[] = readIndex(layout)): Required<Marks> {
  const marks = { blobs: new Set<Digest>(), layers: new Set<DiffId>(), followed: new Set<Digest>() };
  // What is only kept to be served has no layer trees, and its configuration need not be one that we understand.
  const served: Marks = { blobs: marks.blobs, followed: new Set() };
  for (const { manifest, repoDigest, pushed } of entries) {
    markDocument(layout, manifest, pushed === "other" ? served : marks);
    // The index that the registry gave is kept as a document of its own; what it lists for other platforms is not,
    // unless somebody pushed all of it here.
    if (repoDigest !== undefined) marks.blobs.add(repoDigest);
    if (repoDigest !== undefined && pushed === "index") markIndex(layout, repoDigest, served);
  }
  return marks;
}

interface DocumentName {
  readonly digest: Digest;
  readonly mediaType: string;
}

function markIndex(layout: StoreLayout, digest: Digest, marks: Marks): void {
  const bytes = readDocument(layout, digest, documentLimits.manifestBytes);
  if (bytes !== undefined) markDocument(layout, { digest, mediaType: ownMediaType(bytes) }, marks);
}

function markDocument(layout: StoreLayout, { digest, mediaType }: DocumentName, marks: Marks): void {
  if (marks.followed.has(digest)) return;
  marks.followed.add(digest);
  marks.blobs.add(digest);
  const kind = documentKind(mediaType);
  const bytes = kind === undefined ? undefined : readDocument(layout, digest, documentLimits.manifestBytes);
  if (bytes === undefined) return;
  if (kind === "index") {
    for (const child of parseIndex(bytes, mediaType).manifests) markDocument(layout, child, marks);
  } else if (kind === "manifest") {
    markManifest(layout, parseManifest(bytes, mediaType), marks);
  }
}

function markManifest(layout: StoreLayout, { config, layers }: ImageManifest, marks: Marks): void {
  marks.blobs.add(config.digest);
  for (const layer of layers) marks.blobs.add(layer.digest);
  markLayers(layout, config, marks);
}

/** An artefact's configuration is not an image's, and then there are no layer trees to keep either. */
function markLayers(layout: StoreLayout, config: DocumentName, marks: Marks): void {
  if (marks.layers === undefined || !isImageConfigType(config.mediaType)) return;
  const bytes = readDocument(layout, config.digest, documentLimits.configBytes);
  if (bytes === undefined) return;
  for (const diffId of parseImageConfig(bytes).rootfs.diff_ids) marks.layers.add(diffId);
}

async function sweepBlobs(layout: StoreLayout, used: ReadonlySet<Digest>): Promise<{ blobs: Digest[]; bytes: number }> {
  const blobs: Digest[] = [];
  let bytes = 0;
  for (const digest of await storedBlobs(layout)) {
    if (used.has(digest)) continue;
    bytes += await removeCounted(blobPathIn(layout, digest));
    blobs.push(digest);
    failPoint("rmi.blob-removed");
  }
  return { blobs, bytes };
}

/** The digests of the blobs that are there, used or not. */
export async function storedBlobs(layout: StoreLayout): Promise<readonly Digest[]> {
  const found: Digest[] = [];
  for (const algorithm of ["sha256", "sha512"]) {
    for (const name of await readdirIfExists(join(layout.directory, "blobs", algorithm))) {
      const digest = `${algorithm}:${name}`;
      // A name that is no digest is not ours to remove.
      if (isDigest(digest)) found.push(digest);
    }
  }
  return found;
}

async function readdirIfExists(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw fileSystemError(error, "list", directory);
  }
}

async function removeCounted(path: string): Promise<number> {
  try {
    const { size } = await stat(path);
    await rm(path);
    return size;
  } catch (error) {
    throw fileSystemError(error, "remove", path);
  }
}
