import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { EngineError, type ErrorCode } from "../../../src/base/index.ts";
import { DamagedStream, decompress, expansionLimit } from "../../../src/image/decompress.ts";
import { decodeInWebAssembly } from "../../../src/image/decompressZstd.ts";
import { zstdLibrary } from "../../../src/image/zstdLibrary.ts";
import type { LayerCompression } from "../../../src/oci/index.ts";

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function unpack(
  bytes: Uint8Array,
  compression: LayerCompression,
  { size = 1 << 16, maxBytes = 1 << 30 } = {},
): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of decompress(pieces(bytes, size), { compression, maxBytes, what: "test" }))
    chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A zstd frame of raw blocks (RFC 8878), with a window descriptor of 2^(10 + exponent) bytes. */
function zstdFrame(content: Uint8Array, exponent = 7): Buffer {
  const blocks = [...Array(Math.max(1, Math.ceil(content.length / 65536))).keys()].map((index) =>
    content.subarray(index * 65536, (index + 1) * 65536),
  );
  const parts = blocks.map((block, index) => {
    const header = Buffer.alloc(3);
    header.writeUIntLE((block.length << 3) | (index === blocks.length - 1 ? 1 : 0), 0, 3);
    return Buffer.concat([header, block]);
  });
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, exponent << 3]), ...parts]);
}

/** A frame whose one block repeats a byte: 128 KiB out of 11 bytes. */
const zstdBomb = Buffer.from([
  0x28,
  0xb5,
  0x2f,
  0xfd,
  0x00,
  7 << 3,
  ...[((0x20000 << 3) | 2 | 1) & 0xff, ((0x20000 << 3) >> 8) & 0xff, ((0x20000 << 3) >> 16) & 0xff],
  0,
]);
const skippable = Buffer.concat([Buffer.from([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0]), Buffer.from("skip")]);

const content = randomBytes(500_000);
const good: readonly (readonly [what: string, LayerCompression, Buffer, Buffer])[] = [
  ["plain bytes", "none", content, content],
  ["nothing at all", "none", Buffer.alloc(0), Buffer.alloc(0)],
  ["gzip", "gzip", gzipSync(content), content],
  ["gzip of nothing", "gzip", gzipSync(""), Buffer.alloc(0)],
  [
    "gzip of several members",
    "gzip",
    Buffer.concat([gzipSync("one "), gzipSync(""), gzipSync("two")]),
    Buffer.from("one two"),
  ],
  ["zstd", "zstd", zstdFrame(content), content],
  [
    "zstd of several frames",
    "zstd",
    Buffer.concat([
      zstdFrame(Buffer.from("one ")),
      skippable,
      zstdFrame(Buffer.alloc(0)),
      zstdFrame(Buffer.from("two")),
    ]),
    Buffer.from("one two"),
  ],
  ["zstd after a skippable frame", "zstd", Buffer.concat([skippable, zstdFrame(content)]), content],
  ["zstd that repeats", "zstd", zstdBomb, Buffer.alloc(0x20000)],
];

for (const [what, compression, bytes, expected] of good) {
  test(`decompress() reads ${what}, in large and in small pieces`, async () => {
    assert.deepEqual(await unpack(bytes, compression), expected);
    assert.deepEqual(await unpack(bytes, compression, { size: 997 }), expected);
    if (bytes.length < 2000) assert.deepEqual(await unpack(bytes, compression, { size: 1 }), expected);
  });
}

const zipped = gzipSync(content);
const bad: readonly (readonly [what: string, LayerCompression, Buffer, ErrorCode])[] = [
  ["gzip that is plain", "gzip", content, "malformedLayer"],
  ["gzip that is empty", "gzip", Buffer.alloc(0), "malformedLayer"],
  ["gzip that is one byte", "gzip", Buffer.of(0x1f), "malformedLayer"],
  ["half a gzip stream", "gzip", zipped.subarray(0, zipped.length >> 1), "malformedLayer"],
  ["gzip with a wrong checksum", "gzip", Buffer.concat([zipped.subarray(0, -8), Buffer.alloc(8)]), "malformedLayer"],
  ["plain that is gzip", "none", zipped, "malformedLayer"],
  ["plain that is zstd", "none", zstdFrame(content), "malformedLayer"],
  ["zstd that is gzip", "zstd", zipped, "malformedLayer"],
  ["half a zstd frame", "zstd", zstdFrame(content).subarray(0, 70_000), "malformedLayer"],
  ["a zstd header alone", "zstd", zstdFrame(content).subarray(0, 5), "malformedLayer"],
  [
    "zstd with a reserved block",
    "zstd",
    Buffer.concat([zstdFrame(content).subarray(0, 6), Buffer.of(0xff, 0xff, 0xff), content]),
    "malformedLayer",
  ],
  ["zstd followed by something else", "zstd", Buffer.concat([zstdFrame(Buffer.from("x")), content]), "malformedLayer"],
  ["zstd with a window of 2 GiB", "zstd", zstdFrame(content, 21), "malformedLayer"],
];

for (const [what, compression, bytes, code] of bad) {
  test(`decompress() refuses ${what}`, async () => {
    await assert.rejects(unpack(bytes, compression), (error) => error instanceof EngineError && error.code === code);
  });
}

// What a host without libzstd has.
async function unpackInWebAssembly(bytes: Uint8Array, size = 1 << 16): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of decodeInWebAssembly(pieces(bytes, size))) chunks.push(chunk);
  return Buffer.concat(chunks);
}

for (const [what, compression, bytes, expected] of good) {
  if (compression !== "zstd") continue;
  test(`decodeInWebAssembly() reads ${what}, in large and in small pieces`, async () => {
    assert.deepEqual(await unpackInWebAssembly(bytes), expected);
    assert.deepEqual(await unpackInWebAssembly(bytes, 997), expected);
  });
}

for (const [what, compression, bytes] of bad) {
  // What is no zstd at all is refused before a decoder gets it.
  if (compression !== "zstd" || what === "zstd that is gzip") continue;
  test(`decodeInWebAssembly() refuses ${what}`, () => assert.rejects(unpackInWebAssembly(bytes), DamagedStream));
}

test("the host's libzstd is what decompresses where there is one", async () => {
  assert.equal(
    typeof (await zstdLibrary()),
    existsSync("/usr/lib/x86_64-linux-gnu/libzstd.so.1") ? "function" : "undefined",
  );
});

test("decompress() stops at its limit without unpacking the rest", async () => {
  const bombs = [
    ["gzip", gzipSync(Buffer.alloc(64 << 20))],
    ["zstd", Buffer.concat(Array(2000).fill(zstdBomb))],
  ] as const;
  for (const [compression, bomb] of bombs) {
    await assert.rejects(
      unpack(bomb, compression, { maxBytes: 3 << 20 }),
      (error) => error instanceof EngineError && error.code === "limitExceeded",
    );
  }
});

test("decompress() lets errors of its source through", async () => {
  const broken = new EngineError("truncatedBlob", "gone");
  async function* source(): AsyncGenerator<Uint8Array> {
    yield zipped.subarray(0, 1000);
    throw broken;
  }
  const options = { compression: "gzip", maxBytes: 1 << 30, what: "test" } as const;
  await assert.rejects(
    async () => {
      for await (const _ of decompress(source(), options));
    },
    (error) => error === broken,
  );
});

test("expansionLimit() bounds size and ratio, and leaves small layers alone", () => {
  const limits = { maxBytes: 1000, maxRatio: 10, freeBytes: 100 };
  assert.deepEqual(
    [1, 20, 500].map((size) => expansionLimit(size, limits)),
    [100, 200, 1000],
  );
  assert.equal(expansionLimit(0), 1024 ** 3);
});
