import type { Hash } from "node:crypto";
import { EngineError } from "../base/index.ts";
import type { Descriptor } from "../oci/index.ts";
import { digestHex, hashFor } from "./digest.ts";

/**
 * Counts and hashes the bytes of a blob while somebody else uses them. A consumer that stops early does not end the
 * source, so that `verify` can still read the rest: whether a blob is what its digest says matters more than why its
 * content could not be used.
 */
export class VerifiedBlob implements AsyncIterable<Uint8Array> {
  readonly #descriptor: Descriptor;
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #hash: Hash;
  #count = 0;

  constructor(descriptor: Descriptor, source: AsyncIterable<Uint8Array>) {
    this.#descriptor = descriptor;
    this.#source = source[Symbol.asyncIterator]();
    this.#hash = hashFor(descriptor.digest);
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return { next: () => this.#next() };
  }

  /**
   * Reads what is left and compares size and digest with the descriptor.
   *
   * @throws EngineError `sizeMismatch`, `digestMismatch`, and what the source throws.
   */
  async verify(): Promise<void> {
    while (!(await this.#next()).done);
    const { digest, size } = this.#descriptor;
    if (this.#count !== size) {
      throw new EngineError("sizeMismatch", `the blob "${digest}" has ${this.#count} bytes, its manifest says ${size}`);
    }
    const actual = this.#hash.copy().digest("hex");
    if (actual === digestHex(digest)) return;
    const algorithm = digest.slice(0, digest.indexOf(":"));
    throw new EngineError(
      "digestMismatch",
      `the blob "${digest}" is not what its digest says: got "${algorithm}:${actual}"`,
      {
        hint: "its source or something on the way changed it; what was read of it is removed",
      },
    );
  }

  /** Gives the source up. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }

  async #next(): Promise<IteratorResult<Uint8Array>> {
    const result = await this.#source.next();
    if (result.done) return result;
    this.#count += result.value.length;
    this.#hash.update(result.value);
    return result;
  }
}

/**
 * Joins small chunks to chunks of at least `size` bytes, the last one excepted. What was collected before the source
 * failed still comes out, so that it can be kept.
 */
export async function* coalesce(source: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let length = 0;
  let failure: { readonly error: unknown } | undefined;
  try {
    for await (const chunk of source) {
      parts.push(chunk);
      length += chunk.length;
      if (length < size) continue;
      yield parts.length === 1 ? chunk : Buffer.concat(parts, length);
      parts = [];
      length = 0;
    }
  } catch (error) {
    failure = { error };
  }
  if (length > 0) yield Buffer.concat(parts, length);
  if (failure !== undefined) throw failure.error;
}
