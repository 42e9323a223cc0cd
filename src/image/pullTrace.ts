import { type DiffId, type Digest, documentKind, type Platform, parseIndex } from "../oci/index.ts";
import { formatPlatform, listPlatforms } from "./platform.ts";
import type { ResolvedImage } from "./resolveRemote.ts";

/** One thing that a pull did, for those who want to know how it works (`pull --explain`). */
export type PullTrace = RequestTrace | PlatformTrace | DocumentTrace | LayerTrace;

/** A request to a registry, or to where it sent us. */
export interface RequestTrace {
  readonly about: "request";
  readonly method: string;
  /** Without what follows a question mark: there may be signatures in it. */
  readonly url: string;
  /** Absent when no answer came. */
  readonly status?: number;
  /** Until the headers of the answer were there. */
  readonly milliseconds: number;
}

/** Which variant of an image was chosen. */
export interface PlatformTrace {
  readonly about: "platform";
  readonly wanted: string;
  /** What the index lists; nothing when the name leads to a manifest without one. */
  readonly offered: readonly string[];
  readonly chosen: string;
  readonly manifest: Digest;
}

/** A document whose bytes are what its digest says. */
export interface DocumentTrace {
  readonly about: "document";
  readonly mediaType: string;
  readonly bytes: number;
}

/** A layer that was brought or unpacked, and what was waited for meanwhile: the parts overlap. */
export interface LayerTrace {
  readonly about: "layer";
  /** Compared with the bytes as they came. */
  readonly digest: Digest;
  /** Compared with the bytes as they were unpacked. */
  readonly diffId: DiffId;
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  readonly totalMs: number;
  /** Of it, until packed bytes were there, from the registry or the disk. */
  readonly sourceMs: number;
  /** Of it, until inflated bytes were there, those of `sourceMs` among them. */
  readonly inflateMs: number;
  /** Spent on hashing what was unpacked. */
  readonly hashMs: number;
  /** Of it, until the writer of the files could take more. */
  readonly writeMs: number;
}

/** The choice of a platform, and the documents on the way to it. Pure. */
export function tracesOf(image: ResolvedImage, wanted: Platform): readonly PullTrace[] {
  const root = image.documents.at(-1);
  const isIndex = root !== undefined && documentKind(root.mediaType) === "index";
  return [
    {
      about: "platform",
      wanted: formatPlatform(wanted),
      offered: isIndex ? listPlatforms(parseIndex(root.bytes, root.mediaType).manifests) : [],
      chosen: formatPlatform(image.platform),
      manifest: image.manifestDescriptor.digest,
    },
    ...image.documents.map(
      ({ mediaType, bytes }): DocumentTrace => ({ about: "document", mediaType, bytes: bytes.length }),
    ),
  ];
}

/** Clocks what a layer waits for. */
export class LayerClock {
  readonly #begun = performance.now();
  readonly #spent = { sourceMs: 0, inflateMs: 0, hashMs: 0, writeMs: 0 };
  #unpackedBytes = 0;

  /** Passes the items on and counts the time until each was there. */
  async *waiting<Item extends Uint8Array>(
    items: AsyncIterable<Item>,
    part: "sourceMs" | "inflateMs",
  ): AsyncGenerator<Item> {
    let since = performance.now();
    for await (const item of items) {
      this.#spent[part] += performance.now() - since;
      if (part === "inflateMs") this.#unpackedBytes += item.length;
      yield item;
      since = performance.now();
    }
    this.#spent[part] += performance.now() - since;
  }

  hash(work: () => void): void {
    const since = performance.now();
    work();
    this.#spent.hashMs += performance.now() - since;
  }

  async write(pressure: Promise<void>): Promise<void> {
    const since = performance.now();
    await pressure;
    this.#spent.writeMs += performance.now() - since;
  }

  finish({
    digest,
    diffId,
    size,
  }: {
    readonly digest: Digest;
    readonly diffId: DiffId;
    readonly size: number;
  }): LayerTrace {
    const totalMs = performance.now() - this.#begun;
    return {
      about: "layer",
      digest,
      diffId,
      packedBytes: size,
      unpackedBytes: this.#unpackedBytes,
      totalMs,
      ...this.#spent,
    };
  }
}
