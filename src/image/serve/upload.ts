import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open, rm } from "node:fs/promises";
import { fileSystemError } from "../../base/index.ts";
import type { Digest } from "../../oci/index.ts";
import { digestAlgorithm, digestHex, hashFor } from "../digest.ts";
import { PartialWriter } from "../partialWriter.ts";
import { showBlob } from "../showBlob.ts";
import { Refusal } from "./answer.ts";

export interface UploadRequest {
  /** What the client calls it. */
  readonly id: string;
  /** The repository that it was begun for, by its full name. */
  readonly repository: string;
  /** A name that no digest has; sweeps remove it once this process is gone. */
  readonly path: string;
  readonly maxBytes: number;
}

/**
 * A blob that a client sends in one or more requests. Its bytes are hashed as they come, and get the name of their
 * digest only when they are what it says. One request works on it at a time.
 */
export class Upload {
  readonly id: string;
  readonly repository: string;
  readonly #path: string;
  readonly #maxBytes: number;
  readonly #file: FileHandle;
  readonly #writer: PartialWriter;
  readonly #hash: Hash = createHash("sha256");
  #size = 0;
  #busy = false;
  #closed = false;

  private constructor({ id, repository, path, maxBytes }: UploadRequest, file: FileHandle) {
    this.id = id;
    this.repository = repository;
    this.#path = path;
    this.#maxBytes = maxBytes;
    this.#file = file;
    this.#writer = new PartialWriter(file, path);
  }

  /** @throws EngineError `fileSystem`, `noSpace`. */
  static async begin(request: UploadRequest): Promise<Upload> {
    try {
      return new Upload(request, await open(request.path, "wx+", 0o600));
    } catch (error) {
      throw fileSystemError(error, "open", request.path);
    }
  }

  /** The bytes that are here. */
  get size(): number {
    return this.#size;
  }

  get isBusy(): boolean {
    return this.#busy;
  }

  /** @throws Refusal `BLOB_UPLOAD_INVALID` when another request is at work. */
  async exclusively<Result>(action: () => Promise<Result>): Promise<Result> {
    if (this.#busy || this.#closed) {
      throw new Refusal("BLOB_UPLOAD_INVALID", "another request is sending or ending this upload");
    }
    this.#busy = true;
    try {
      return await action();
    } finally {
      this.#busy = false;
    }
  }

  /**
   * Takes the bytes of a request. What came before a connection broke is kept, so that the client can go on from there.
   *
   * @throws Refusal `SIZE_INVALID` beyond the limit; what the body throws; EngineError `noSpace`, `fileSystem`.
   */
  async append(body: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const chunk of body) {
      if (this.#size + chunk.length > this.#maxBytes) {
        throw new Refusal("SIZE_INVALID", `a blob has at most ${this.#maxBytes} bytes here`);
      }
      this.#hash.update(chunk);
      this.#size += chunk.length;
      const pressure = this.#writer.append(chunk);
      if (pressure !== undefined) await pressure;
    }
    await this.#writer.drain();
  }

  /**
   * Makes the bytes a blob of the store.
   *
   * @throws Refusal `DIGEST_INVALID` when they are not what the digest says; EngineError `noSpace`, `fileSystem`.
   */
  async finish(digest: Digest, blobPath: string): Promise<void> {
    await this.#writer.drain();
    const actual = digestAlgorithm(digest) === "sha256" ? this.#hash.copy() : await this.#hashAgain(digest);
    if (actual.digest("hex") !== digestHex(digest)) {
      throw new Refusal("DIGEST_INVALID", `the bytes that were sent are not "${digest}"`);
    }
    await showBlob({ file: this.#file, path: this.#path, blobPath });
  }

  /** Ends it, in whatever state; what did not become a blob is removed. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#writer.drain().catch(() => undefined);
    await this.#file.close();
    await rm(this.#path, { force: true });
  }

  /** Which algorithm the client wants is known only at the end, and it is nearly always the one above. */
  async #hashAgain(digest: Digest): Promise<Hash> {
    const hash = hashFor(digest);
    for await (const chunk of createReadStream(this.#path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
    return hash;
  }
}
