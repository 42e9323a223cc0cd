import type { BigIntStats } from "node:fs";
import { type FileHandle, open, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { EngineError, errnoOf, fileSystemError, lockDescriptor, syncDirectory } from "../base/index.ts";
import type { Descriptor } from "../oci/index.ts";
import { digestAlgorithm, digestHex } from "./digest.ts";
import { PartialWriter } from "./partialWriter.ts";
import type { PartialBlob } from "./pullStore.ts";
import { hasBlob, readBlob } from "./storeDocuments.ts";
import { blobPathIn, prepareLayout, type StoreLayout } from "./storeLayout.ts";

/** What the store offers beyond what a pull needs. */
export interface OpenPartial extends PartialBlob {
  /** Starts again from nothing, keeping the lock: the bytes that were there turned out not to be a prefix. */
  truncate(): Promise<void>;
}

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
    if (file !== undefined)
      return new LockedPartial({ file, path, blobPath: blobPathIn(layout, digest), descriptor }).ready();
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

interface PartialFile {
  readonly file: FileHandle;
  readonly path: string;
  readonly blobPath: string;
  readonly descriptor: Descriptor;
}

class LockedPartial implements OpenPartial {
  readonly complete = false;
  readonly #target: PartialFile;
  readonly #writer: PartialWriter;
  #offset = 0;
  #released = false;

  constructor(target: PartialFile) {
    this.#target = target;
    this.#writer = new PartialWriter(target.file, target.path);
  }

  async ready(): Promise<this> {
    const { file, descriptor } = this.#target;
    const { size } = await file.stat();
    // More than the blob will ever have cannot be its beginning.
    if (size > descriptor.size) await this.truncate();
    else this.#seek(size);
    return this;
  }

  get offset(): number {
    return this.#offset;
  }

  async *readExisting(): AsyncGenerator<Uint8Array, void, undefined> {
    const { file, path } = this.#target;
    for (let position = 0; position < this.#offset; ) {
      const length = Math.min(1 << 20, this.#offset - position);
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, position);
      if (bytesRead === 0) throw new EngineError("truncatedBlob", `"${path}" became shorter while it was read`);
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  append(chunk: Uint8Array): Promise<void> | undefined {
    return this.#writer.append(chunk);
  }

  async truncate(): Promise<void> {
    await this.#writer.drain();
    await this.#target.file.truncate(0);
    this.#seek(0);
  }

  async finish(): Promise<void> {
    const { file, path, blobPath, descriptor } = this.#target;
    await this.#writer.drain();
    if (this.#writer.position !== descriptor.size) {
      throw new EngineError("sizeMismatch", `the blob "${descriptor.digest}" has ${this.#writer.position} bytes`, {
        hint: `its descriptor says ${descriptor.size}`,
      });
    }
    try {
      // The bytes first, then the name, then the directory: after a power cut a blob that has its name has its bytes.
      await file.datasync();
      await rename(path, blobPath);
      syncDirectory(dirname(blobPath));
    } catch (error) {
      throw fileSystemError(error, "complete the blob", blobPath);
    }
  }

  async discard(): Promise<void> {
    // A failed write no longer matters: its bytes go away.
    await this.#writer.drain().catch(() => undefined);
    await rm(this.#target.path, { force: true });
  }

  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    await this.#writer.drain().catch(() => undefined);
    await this.#target.file.close();
  }

  #seek(position: number): void {
    this.#offset = position;
    this.#writer.position = position;
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
