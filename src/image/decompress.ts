import { type DuplexOptions, pipeline } from "node:stream";
import { createGunzip, type ZlibOptions } from "node:zlib";
import { EngineError } from "../base/index.ts";
import type { LayerCompression } from "../oci/index.ts";

export interface DecompressOptions {
  readonly compression: LayerCompression;
  /** More output than this is an error. */
  readonly maxBytes: number;
  /** For messages: `layer "sha256:..."`. */
  readonly what: string;
}

const chunkBytes = 1024 * 1024;

export interface ExpansionLimits {
  /** No layer may unpack to more. */
  readonly maxBytes: number;
  /** Nor to more than this multiple of its compressed size ... */
  readonly maxRatio: number;
  /** ... unless it stays below this. */
  readonly freeBytes: number;
}

export const defaultExpansionLimits: ExpansionLimits = {
  maxBytes: 50 * 1024 ** 3,
  maxRatio: 250,
  freeBytes: 1024 ** 3,
};

/** How many bytes a layer of this compressed size may unpack to. Pure. */
export function expansionLimit(compressedBytes: number, limits: ExpansionLimits = defaultExpansionLimits): number {
  return Math.min(limits.maxBytes, Math.max(limits.freeBytes, compressedBytes * limits.maxRatio));
}

/**
 * The uncompressed bytes of a layer, in large chunks. gzip may have several members and is inflated by Node's thread
 * pool while this thread works on the previous chunks; zstd may have several frames, with windows of at most 128 MiB.
 * Errors of `source` pass through.
 *
 * @throws EngineError `malformedLayer`, `limitExceeded`.
 */
export async function* decompress(
  source: AsyncIterable<Uint8Array>,
  { compression, maxBytes, what }: DecompressOptions,
): AsyncGenerator<Uint8Array> {
  const checked = withMagicChecked(source, compression, what);
  let total = 0;
  try {
    for await (const chunk of await openers[compression](checked)) {
      total += chunk.length;
      if (total > maxBytes) {
        throw new EngineError("limitExceeded", `the ${what} unpacks to more than ${maxBytes} bytes`, {
          hint: "it looks like a decompression bomb; nothing of it was kept",
        });
      }
      yield chunk;
    }
  } catch (error) {
    throw error instanceof EngineError || !(error instanceof DamagedStream || isZlibError(error))
      ? error
      : new EngineError("malformedLayer", `the ${what} is not a whole ${compression} stream`, {
          ...(compression === "zstd" ? { hint: "it is damaged, or asks for a window of more than 128 MiB" } : {}),
          cause: error,
        });
  }
}

const openers: Readonly<
  Record<
    LayerCompression,
    (source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array> | Promise<AsyncIterable<Uint8Array>>
  >
> = {
  none: (source) => source,
  gzip: inflate,
  zstd: async (source) => (await import("./decompressZstd.ts")).decompressZstd(source),
};

function inflate(source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  // The read-ahead lets the thread pool inflate while the consumer hashes and writes.
  const options: ZlibOptions & DuplexOptions = { chunkSize: chunkBytes, readableHighWaterMark: 4 * chunkBytes };
  const inflater = createGunzip(options);
  // The reader of `inflater` gets the error too.
  pipeline(source, inflater, () => {});
  return inflater;
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("Z_");
}

/** A compressed stream that is not what it should be. */
export class DamagedStream extends Error {}

type Magic = (start: Uint8Array) => boolean;

const isGzip: Magic = (start) => start[0] === 0x1f && start[1] === 0x8b && start[2] === 8;
/** A frame or a skippable frame (RFC 8878). */
const isZstd: Magic = (start) =>
  (start[0] === 0x28 && start[1] === 0xb5 && start[2] === 0x2f && start[3] === 0xfd) ||
  (start[0] !== undefined && (start[0] & 0xf0) === 0x50 && start[1] === 0x2a && start[2] === 0x4d && start[3] === 0x18);

const magics: Readonly<Record<LayerCompression, Magic>> = {
  gzip: isGzip,
  zstd: isZstd,
  none: (start) => !isGzip(start) && !isZstd(start),
};

/** The media type decides, and the first bytes must agree: the same layer must not mean different things to two tools. */
async function* withMagicChecked(
  source: AsyncIterable<Uint8Array>,
  compression: LayerCompression,
  what: string,
): AsyncGenerator<Uint8Array> {
  let start: Uint8Array | undefined = new Uint8Array(0);
  for await (const chunk of source) {
    if (start === undefined) {
      yield chunk;
      continue;
    }
    start = start.length === 0 ? chunk : Buffer.concat([start, chunk]);
    if (start.length < 4) continue;
    checkMagic(start, compression, what);
    yield start;
    start = undefined;
  }
  if (start === undefined) return;
  checkMagic(start, compression, what);
  yield start;
}

function checkMagic(start: Uint8Array, compression: LayerCompression, what: string): void {
  if (magics[compression](start)) return;
  const expected = compression === "none" ? "uncompressed" : `compressed with ${compression}`;
  throw new EngineError("malformedLayer", `the ${what} is not ${expected}, as its media type says`);
}
