import { EngineError } from "../base/index.ts";
import type { LayerCompression } from "../oci/index.ts";
import { decompress, defaultExpansionLimits } from "./decompress.ts";

/** What the first bytes of a file say about its compression, by its magic number. */
const magics: readonly {
  readonly bytes: readonly number[];
  readonly compression: LayerCompression | "xz" | "bzip2";
}[] = [
  { bytes: [0x1f, 0x8b], compression: "gzip" },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], compression: "zstd" },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a], compression: "xz" },
  { bytes: [0x42, 0x5a, 0x68], compression: "bzip2" },
];

/**
 * How a file is compressed that begins with `start`, at least five bytes where it has as many.
 *
 * @throws EngineError `unsupportedMediaType` for xz and bzip2.
 */
export function sniffCompression(start: Uint8Array): LayerCompression {
  const compression = magics.find(({ bytes }) => bytes.every((byte, at) => start[at] === byte))?.compression ?? "none";
  if (compression !== "xz" && compression !== "bzip2") return compression;
  throw new EngineError("unsupportedMediaType", `cannot read an archive that is compressed with ${compression}`, {
    hint: `uncompress it on the way, with "${compression} -dc FILE | brig ..."`,
  });
}

/**
 * The bytes of a tar archive that a user gives, uncompressed.
 *
 * @throws EngineError `unsupportedMediaType` for xz and bzip2, `malformedLayer`, `limitExceeded`.
 */
export async function* openArchive(archive: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = archive[Symbol.asyncIterator]();
  let start = Buffer.alloc(0);
  while (start.length < 5) {
    const { done, value } = await reader.next();
    if (done === true) break;
    start = Buffer.concat([start, value]);
  }
  const compression = sniffCompression(start);
  const whole = rest(start, reader);
  if (compression === "none") yield* whole;
  else yield* decompress(whole, { compression, maxBytes: defaultExpansionLimits.maxBytes, what: "archive" });
}

async function* rest(start: Uint8Array, reader: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    if (start.length > 0) yield start;
    for (;;) {
      const { done, value } = await reader.next();
      if (done === true) return;
      yield value;
    }
  } finally {
    await reader.return?.();
  }
}
