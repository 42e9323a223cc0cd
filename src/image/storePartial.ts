import type { BigIntStats } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf, fileSystemError, lockDescriptor } from "../base/index.ts";
import type { Descriptor } from "../oci/index.ts";
import { digestAlgorithm, digestHex } from "./digest.ts";
import { LockedPartial, type OpenPartial } from "./lockedPartial.ts";
import { hasBlob, readBlob } from "./storeDocuments.ts";
import { blobPathIn, prepareLayout, type StoreLayout } from "./storeLayout.ts";

/**
 * Opens the file of a blob under way. The file itself is locked, so a second process that wants the same blob waits,
 * and a process that dies leaves its bytes to the next one. Whoever waited finds either the blob complete, or the
 * file under another inode or gone, and looks again.
 *
 * @throws EngineError `interrupted` when the signal fires while waiting.
 */
export async function openPartial(
  layout: StoreLayout,
  descriptor: Descriptor,
  signal?: AbortSignal,
): Promise<OpenPartial> {
  prepareLayout(layout);
  const { digest } = descriptor;
  const path = join(layout.partials, `${digestAlgorithm(digest)}-${digestHex(digest)}`);
  for (;;) {
    if (await hasBlob(layout, digest)) return completeBlob(layout, descriptor);
    const file = await openLocked(path, signal);
    if (file === undefined) continue;
    const partial = await new LockedPartial({ file, path, blobPath: blobPathIn(layout, digest), descriptor }).ready();
    // Between our look and our lock another process may have completed the blob; the file is then a new, empty one.
    if (!(await hasBlob(layout, digest))) return partial;
    await partial.discard();
    await partial.release();
  }
}

/** The file, locked, or undefined when its name moved on to another file while we waited. */
async function openLocked(path: string, signal: AbortSignal | undefined): Promise<FileHandle | undefined> {
  const file = await openForUpdate(path);
  try {
    await lockDescriptor(file.fd, { mode: "exclusive", ...(signal === undefined ? {} : { signal }) });
    const [named, ours] = [await statIfExists(path), await file.stat({ bigint: true })];
    if (named?.ino === ours.ino) return file;
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  return undefined;
}

async function openForUpdate(path: string): Promise<FileHandle> {
  try {
    // "a+" would make every write an append; the offset must be ours. Creating and opening cannot be one flag here.
    return await open(path, "r+").catch((error: unknown) => {
      if (errnoOf(error) === "ENOENT") return open(path, "wx+", 0o600);
      throw error;
    });
  } catch (error) {
    // Another process made it between our two attempts.
    if (errnoOf(error) === "EEXIST") return openForUpdate(path);
    throw fileSystemError(error, "open", path);
  }
}

async function statIfExists(path: string): Promise<BigIntStats | undefined> {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw fileSystemError(error, "look at", path);
  }
}

/** A blob that was complete already, or became so while we waited for its lock. */
function completeBlob(layout: StoreLayout, descriptor: Descriptor): OpenPartial {
  const nothing = async (): Promise<void> => undefined;
  const misuse = (): never => {
    throw new Error(`the blob ${descriptor.digest} is complete and takes no more bytes`);
  };
  return {
    complete: true,
    offset: descriptor.size,
    readExisting: () => readBlob(layout, descriptor.digest),
    append: misuse,
    truncate: async () => misuse(),
    finish: nothing,
    discard: nothing,
    release: nothing,
  };
}
