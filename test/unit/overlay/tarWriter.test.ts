import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { type LayerRecord, readTarPieces, type TreePiece, writeTar } from "../../../src/overlay/index.ts";

const metadata = { mode: 0o640, uid: 7, gid: 8, modified: { seconds: 1_600_000_000, nanoseconds: 0 }, xattrs: [] };
const limits = { totalBytes: 1 << 30, entries: 1000 };

async function* pieces(list: readonly TreePiece[]): AsyncGenerator<TreePiece> {
  yield* list;
}

async function archiveOf(list: readonly TreePiece[]): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of writeTar(pieces(list))) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function roundTrip(records: readonly LayerRecord[]): Promise<readonly LayerRecord[]> {
  const list = records.flatMap((record): TreePiece[] => [
    { kind: "entry", record },
    ...(record.op === "file" && record.size > 0
      ? [{ kind: "content", bytes: Buffer.alloc(record.size, "x") } as const]
      : []),
  ]);
  const read: LayerRecord[] = [];
  const archive = await archiveOf(list);
  assert.equal(archive.length % 512, 0);
  for await (const piece of readTarPieces(pieces2(archive), limits))
    if (piece.kind === "entry") read.push(piece.record);
  return read;
}

async function* pieces2(archive: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < archive.length; at += 1000) yield archive.subarray(at, at + 1000);
}

test("writeTar() writes what the reader of layers reads, whatever the names and numbers", async () => {
  const long = `${"d".repeat(90)}/${"e".repeat(200)}`;
  const records: readonly LayerRecord[] = [
    { op: "dir", path: "d", metadata },
    { op: "file", path: "d/f", metadata, size: 0 },
    { op: "file", path: "d/g", metadata: { ...metadata, mode: 0o4755 }, size: 513 },
    { op: "file", path: long, metadata: { ...metadata, uid: 3_000_000, gid: 4_294_967_294 }, size: 1 },
    { op: "file", path: "\xff\xfe bytes \xc3\xa4", metadata, size: 0 },
    { op: "hardlink", path: "h", metadata, target: long },
    { op: "symlink", path: "s", metadata, target: "t".repeat(300) },
    { op: "fifo", path: "p", metadata: { ...metadata, modified: { seconds: 1, nanoseconds: 5 } } },
    { op: "dir", path: "old", metadata: { ...metadata, modified: { seconds: -2, nanoseconds: 750_000_000 } } },
    { op: "dir", path: "older", metadata: { ...metadata, modified: { seconds: -1, nanoseconds: 1 } } },
    { op: "char", path: "c", metadata, major: 1, minor: 3 },
    {
      op: "file",
      path: "x",
      metadata: { ...metadata, xattrs: [{ name: "user.bytes", value: Buffer.from([0, 255, 10, 61]) }] },
      size: 0,
    },
  ];
  assert.deepEqual(await roundTrip(records), records);
});

test("writeTar() writes marks of deletion as the image specification has them", async () => {
  const archive = await archiveOf([
    { kind: "entry", record: { op: "whiteout", path: "a/b" } },
    { kind: "entry", record: { op: "opaque", path: "c" } },
    { kind: "entry", record: { op: "opaque", path: "." } },
  ]);
  const listed = spawnSync("tar", ["-tf", "-"], { input: archive, encoding: "utf8" });
  assert.equal(listed.stderr, "");
  assert.deepEqual(listed.stdout.trim().split("\n"), ["a/.wh.b", "c/.wh..wh..opq", ".wh..wh..opq"]);
});

test("writeTar() writes archives that GNU tar reads without a word", async () => {
  const record: LayerRecord = {
    op: "file",
    path: "ü".repeat(120),
    metadata: { ...metadata, modified: { seconds: 5, nanoseconds: 1 } },
    size: 3,
  };
  const archive = await archiveOf([
    { kind: "entry", record },
    { kind: "content", bytes: Buffer.from("abc") },
  ]);
  const read = spawnSync("tar", ["-xOf", "-"], { input: archive, encoding: "utf8" });
  assert.deepEqual([read.stdout, read.stderr], ["abc", ""]);
});
