import type { FileHandle } from "node:fs/promises";
import { fileSystemError } from "../base/index.ts";

/** Beyond this many bytes in memory the producer has to wait. */
const highWaterBytes = 4 << 20;

/** After so many bytes the disk is set to work, so that little is left to wait for at the end. */
const earlySyncBytes = 16 << 20;

/**
 * Writes chunks to a file one after the other. Chunks that arrive during a write go out together with the next
 * writev(2), so a fast producer makes few calls and a slow disk makes the producer wait.
 */
export class PartialWriter {
  /** Where the next chunk goes. */
  position = 0;
  readonly #file: FileHandle;
  readonly #path: string;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #running: Promise<void> | undefined;
  #syncing: Promise<void> | undefined;
  #syncedTo = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(file: FileHandle, path: string) {
    this.#file = file;
    this.#path = path;
  }

  /**
   * Takes a chunk, which then belongs to the writer. Returns a promise when the producer should wait for it; a write
   * that failed is reported by the next call.
   */
  append(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error);
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    this.#running ??= this.#writeAll();
    return this.#waitingBytes > highWaterBytes ? this.drain() : undefined;
  }

  /** Resolves when everything that was taken is written and nothing is under way. Throws the first failure. */
  async drain(): Promise<void> {
    await this.#running;
    await this.#syncing;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Never rejects: a failure is kept for the producer, who may not be listening at this moment. */
  async #writeAll(): Promise<void> {
    try {
      while (this.#waiting.length > 0) await this.#writeBatch();
    } catch (error) {
      this.#failure = { error: fileSystemError(error, "write", this.#path) };
      this.#waiting = [];
    } finally {
      this.#running = undefined;
    }
  }

  async #writeBatch(): Promise<void> {
    let batch = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    while (batch.length > 0) {
      const { bytesWritten } = await this.#file.writev(batch, this.position);
      this.position += bytesWritten;
      batch = withoutFirst(batch, bytesWritten);
    }
    if (this.position - this.#syncedTo >= earlySyncBytes) this.#syncing ??= this.#syncEarly();
  }

  /** Never rejects. A failure counts: the kernel tells each one once (fsync(2)). */
  async #syncEarly(): Promise<void> {
    this.#syncedTo = this.position;
    try {
      await this.#file.datasync();
    } catch (error) {
      this.#failure ??= { error: fileSystemError(error, "write", this.#path) };
    } finally {
      this.#syncing = undefined;
    }
  }
}

/** What is left of the chunks after a short write (writev(2), "it is not an error"). */
function withoutFirst(chunks: Uint8Array[], written: number): Uint8Array[] {
  let rest = written;
  let done = 0;
  for (const chunk of chunks) {
    if (rest < chunk.length) break;
    rest -= chunk.length;
    done += 1;
  }
  const [partial, ...others] = chunks.slice(done);
  return partial === undefined ? [] : [partial.subarray(rest), ...others];
}
