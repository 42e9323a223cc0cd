import type { Descriptor, Digest, Platform } from "../oci/index.ts";
import type { ImageRef } from "./reference.ts";

/** What the pull pipeline needs of the image store (`store.ts` implements it structurally). */
export interface PullStore {
  hasBlob(digest: Digest): Promise<boolean>;
  /** The verified bytes of a small document, or undefined when it is not there; `limitExceeded` beyond `maxBytes`. */
  readDocument(digest: Digest, maxBytes: number): Promise<Uint8Array | undefined>;
  /** Stores a document under its digest; idempotent. */
  putDocument(bytes: Uint8Array, mediaType: string): Promise<Descriptor>;
  /** The bytes of a complete blob, in large chunks. The consumer verifies them. */
  readBlob(digest: Digest): AsyncIterable<Uint8Array>;
  /** Opens the partial file of a blob under an exclusive lock, waiting for another process that downloads it. */
  openPartial(descriptor: Descriptor, signal?: AbortSignal): Promise<PartialBlob>;
  /** Keeps unused blobs from being swept away while a pull has not named its image yet. Nested holds are fine. */
  holdOffSweeps(signal?: AbortSignal): Promise<{ release(): void }>;
  /** Whether `setTag` would change nothing. Takes no lock. */
  isTagged(reference: ImageRef, image: TaggedImage): boolean;
  /** Names an image. Says whether anything is different from before. */
  setTag(reference: ImageRef, image: TaggedImage): Promise<{ readonly changed: boolean }>;
}

export interface TaggedImage {
  readonly manifest: Descriptor;
  readonly platform: Platform;
  /** The digest that the registry knows the name by, when it is an index. */
  readonly indexDigest?: Digest;
  /** No registry has said that it has the image under this name: it has no digest there. */
  readonly origin?: "local";
}

export interface PartialBlob {
  /** Bytes that earlier invocations left behind; they are not verified yet. */
  readonly offset: number;
  /** The blob became complete while waiting for the lock: only `readExisting` and `release` make sense. */
  readonly complete: boolean;
  readExisting(): AsyncIterable<Uint8Array>;
  append(chunk: Uint8Array): Promise<void> | undefined;
  /** Makes the blob durable and visible (fsync, rename). The caller has verified digest and size. */
  finish(): Promise<void>;
  /** Gives the lock back; unfinished bytes stay for the next attempt. Idempotent; fine after `finish` and `discard`. */
  release(): Promise<void>;
  /** Removes the unfinished bytes: they turned out to be wrong. `release` follows. */
  discard(): Promise<void>;
}
