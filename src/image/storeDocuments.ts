import { createReadStream, statSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { EngineError, errnoOf, failPoint, fileSystemError, randomHex, syncDirectory } from "../base/index.ts";
import { type Descriptor, type Digest, documentKind, mediaTypes } from "../oci/index.ts";
import { digestOf, matchesDigest } from "./digest.ts";
import { blobPathIn, prepareLayout, readBounded, type StoreLayout } from "./storeLayout.ts";

export async function hasBlob(layout: StoreLayout, digest: Digest): Promise<boolean> {
  const path = blobPathIn(layout, digest);
  try {
    return statSync(path).isFile();
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return false;
    throw fileSystemError(error, "look for", path);
  }
}

/**
 * The bytes of a small document, checked against its digest, for those who send them on or decide what may go: the
 * disk is trusted to keep what it was given only as long as that can be seen. Undefined when it is not there.
 *
 * @throws EngineError `limitExceeded`, `storeCorrupt`.
 */
export function readDocument(layout: StoreLayout, digest: Digest, maxBytes: number): Buffer | undefined {
  const path = blobPathIn(layout, digest);
  const bytes = readBounded(path, maxBytes);
  if (bytes === undefined || matchesDigest(bytes, digest)) return bytes;
  throw changedDocument(path, digest);
}

/**
 * The bytes of a small document, checked against its size only, for every command that looks at images: it was
 * verified when it came in, and hashing it again takes longer than all the rest of the look. Undefined when it is not there.
 *
 * @throws EngineError `limitExceeded`, `storeCorrupt`.
 */
export function readWhole(layout: StoreLayout, { digest, size }: Descriptor, maxBytes: number): Buffer | undefined {
  const path = blobPathIn(layout, digest);
  const bytes = readBounded(path, maxBytes);
  if (bytes === undefined || bytes.length === size) return bytes;
  throw changedDocument(path, digest);
}

/** The media type that a document of the store says it has; an OCI index need not say it. */
export function ownMediaType(bytes: Uint8Array): string {
  const document: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
  const type: unknown =
    typeof document === "object" && document !== null ? Reflect.get(document, "mediaType") : undefined;
  return typeof type === "string" && documentKind(type) !== undefined ? type : mediaTypes.ociIndex;
}

function changedDocument(path: string, digest: Digest): EngineError {
  return new EngineError(
    "storeCorrupt",
    `the file "${path}" in the image store has changed: it is not what its name says`,
    {
      hint: 'remove the images that use it with "brig rmi" and pull them again',
      details: { digest, path },
    },
  );
}

/**
 * The bytes of a complete blob from `start` on, in large chunks, not verified.
 *
 * @throws EngineError `fileSystem` when it is missing.
 */
export async function* readBlob(
  layout: StoreLayout,
  digest: Digest,
  start = 0,
): AsyncGenerator<Uint8Array, void, undefined> {
  const path = blobPathIn(layout, digest);
  try {
    yield* createReadStream(path, { start, highWaterMark: 1 << 20 });
  } catch (error) {
    throw fileSystemError(error, "read", path);
  }
}

/**
 * Stores a document under its digest; a document that is there and whole is left alone. Durable when it returns.
 */
export async function putDocument(layout: StoreLayout, bytes: Uint8Array, mediaType: string): Promise<Descriptor> {
  const digest = digestOf(bytes);
  const descriptor = { mediaType, digest, size: bytes.length };
  const path = blobPathIn(layout, digest);
  if (isIntact(path, bytes)) return descriptor;
  prepareLayout(layout);
  // Below partial/ and not beside the blob: other tools take every name in blobs/ for a digest.
  const temporary = join(layout.partials, `${basename(path)}.${randomHex(6)}.tmp`);
  try {
    await writeDurably(temporary, bytes);
    failPoint("pull.document-written");
    await rename(temporary, path);
    syncDirectory(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true });
    throw fileSystemError(error, "write", path);
  }
  return descriptor;
}

/** A file of the right name and the wrong bytes is replaced, which is how a damaged document heals. */
function isIntact(path: string, bytes: Uint8Array): boolean {
  try {
    const found = readBounded(path, bytes.length);
    return found !== undefined && Buffer.compare(found, bytes) === 0;
  } catch (error) {
    if (error instanceof EngineError && error.code === "limitExceeded") return false;
    throw error;
  }
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}
