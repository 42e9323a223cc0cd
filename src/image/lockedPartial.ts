import { rm } from "node:fs/promises";
import { EngineError } from "../base/index.ts";
import type { Descriptor } from "../oci/index.ts";
import { PartialWriter } from "./partialWriter.ts";
import type { PartialBlob } from "./pullStore.ts";
import { showBlob, type UnderwayFile } from "./showBlob.ts";

/** What the store offers beyond what a pull needs. */
export interface OpenPartial extends PartialBlob {
  /** Starts again from nothing, keeping the lock: the bytes that were there turned out not to be a prefix. */
  truncate(): Promise<void>;
}

/** An open, locked file, and what becomes of it. */
export interface PartialFile extends UnderwayFile {
  readonly descriptor: Descriptor;
}

/**
 * A blob under way. The open file carries the lock, so `release` gives it back, and so does the death of the process.
 */
export class LockedPartial implements OpenPartial {
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
    const { descriptor } = this.#target;
    await this.#writer.drain();
    if (this.#writer.position !== descriptor.size) {
      throw new EngineError("sizeMismatch", `the blob "${descriptor.digest}" has ${this.#writer.position} bytes`, {
        hint: `its descriptor says ${descriptor.size}`,
      });
    }
    await showBlob(this.#target);
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
