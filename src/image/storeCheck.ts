import { createReadStream, existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { acquireLock, errnoOf, fileSystemError, listNames } from "../base/index.ts";
import type { Descriptor, Digest } from "../oci/index.ts";
import { digestHex, hashFor } from "./digest.ts";
import type { StoredImage } from "./storedImage.ts";
import { blobPathIn, type StoreLayout, storeLayout } from "./storeLayout.ts";
import { type StorePart, storeParts } from "./storeParts.ts";
import { storedBlobs } from "./storeSweep.ts";
import { removeStalePartials } from "./sweepPartials.ts";

/** A blob that an image needs and that is not as its manifest says. */
export interface DamagedBlob {
  readonly descriptor: Descriptor;
  readonly path: string;
  /** Bytes of the file that is there; absent when there is none. */
  readonly foundBytes?: number;
}

/** The blobs of an image that are missing or have a wrong size. Nothing is read. */
export function damagedBlobs(directory: string, { manifest }: StoredImage): readonly DamagedBlob[] {
  const layout = storeLayout(directory);
  return [manifest.config, ...manifest.layers].flatMap((descriptor) => damageOf(layout, descriptor) ?? []);
}

export interface DamagedPart extends DamagedBlob {
  readonly part: StorePart;
}

/** The blobs of all images that are missing or have a wrong size; of contents only small documents are read. */
export function damagedParts(directory: string): readonly DamagedPart[] {
  const layout = storeLayout(directory);
  return storeParts(layout).flatMap((part) => {
    const damage = damageOf(layout, part.descriptor);
    return damage === undefined ? [] : { ...damage, part };
  });
}

function damageOf(layout: StoreLayout, descriptor: Descriptor): DamagedBlob | undefined {
  const path = blobPathIn(layout, descriptor.digest);
  const foundBytes = sizeIfThere(path);
  if (foundBytes === descriptor.size) return undefined;
  return { descriptor, path, ...(foundBytes === undefined ? {} : { foundBytes }) };
}

export interface ChangedBlob {
  readonly digest: Digest;
  readonly path: string;
  /** Absent for a blob that no image needs, or not by a document that can be read. */
  readonly part?: StorePart;
}

/** Reads every blob of the store and yields those whose digest is not their name. */
export async function* changedBlobs(directory: string): AsyncGenerator<ChangedBlob> {
  const layout = storeLayout(directory);
  const parts = new Map(storeParts(layout).map((part) => [part.descriptor.digest, part]));
  for (const digest of await storedBlobs(layout)) {
    const path = blobPathIn(layout, digest);
    const hash = hashFor(digest);
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
    if (hash.digest("hex") === digestHex(digest)) continue;
    const part = parts.get(digest);
    yield { digest, path, ...(part === undefined ? {} : { part }) };
  }
}

/** Files that interrupted writers left; those of writers who are at work are not seen, since they hold off sweeps. */
export async function interruptedWrites(directory: string): Promise<readonly string[]> {
  return (await unlessWritten(storeLayout(directory), temporaryFiles)) ?? [];
}

/** Removes what `interruptedWrites` found, unless somebody writes. */
export async function removeInterruptedWrites(directory: string): Promise<void> {
  await unlessWritten(storeLayout(directory), removeStalePartials);
}

async function unlessWritten<Result>(
  layout: StoreLayout,
  act: (layout: StoreLayout) => Result | Promise<Result>,
): Promise<Result | undefined> {
  if (!existsSync(layout.sweepLock)) return undefined;
  const lock = await acquireLock(layout.sweepLock, { mode: "exclusive", patienceMs: 0 });
  if (lock === undefined) return undefined;
  try {
    return await act(layout);
  } finally {
    lock.release();
  }
}

function temporaryFiles({ directory, partials }: StoreLayout): readonly string[] {
  const unfinished = listNames(directory).filter((name) => name.startsWith("index.json.") && name.endsWith(".tmp"));
  const documents = listNames(partials).filter((name) => name.endsWith(".tmp"));
  return [...unfinished.map((name) => join(directory, name)), ...documents.map((name) => join(partials, name))];
}

function sizeIfThere(path: string): number | undefined {
  try {
    return statSync(path).size;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw fileSystemError(error, "look at", path);
  }
}
