import assert from "node:assert/strict";
import { test } from "node:test";
import { readTreeRecords, TreeCut, type TreePiece } from "../../../src/overlay/index.ts";

const head = "mode=0644\0uid=1\0gid=2\0mtime=-3\0nsec=4\0";
const stream = `dir\0path=.\0${head}below=40755 0 0 9 8\0\0file\0path=a\xff\0${head}xattr=user.n=00ff\0size=6\0\0b\0\0c\0\0whiteout\0path=w\0\0done\0\0`;

async function read(text: string, size: number): Promise<readonly TreePiece[]> {
  const bytes = Buffer.from(text, "latin1");
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const pieces: TreePiece[] = [];
  for await (const piece of readTreeRecords(chunks(), "contents")) pieces.push(piece);
  return pieces;
}

test("readTreeRecords() reads records and contents, however they are cut", async () => {
  const metadata = { mode: 0o644, uid: 1, gid: 2, modified: { seconds: -3, nanoseconds: 4 }, xattrs: [] };
  const below = { mode: 0o40755, uid: 0, gid: 0, seconds: 9, nanoseconds: 8 };
  for (const size of [1, 2, 7, 64, 10_000]) {
    const pieces = await read(stream, size);
    const content = Buffer.concat(pieces.flatMap((piece) => (piece.kind === "content" ? [piece.bytes] : [])));
    assert.equal(content.toString("latin1"), "b\0\0c\0\0");
    assert.deepEqual(
      pieces.filter(({ kind }) => kind === "entry"),
      [
        { kind: "entry", record: { op: "dir", path: ".", metadata }, below },
        {
          kind: "entry",
          record: {
            op: "file",
            path: "a\xff",
            metadata: { ...metadata, xattrs: [{ name: "user.n", value: Buffer.from([0, 255]) }] },
            size: 6,
          },
        },
        { kind: "entry", record: { op: "whiteout", path: "w" } },
      ],
    );
  }
});

test("readTreeRecords() does not take an early end for the end", async () => {
  for (const length of [0, 10, stream.length - 1]) {
    await assert.rejects(read(stream.slice(0, length), 100), TreeCut);
  }
});
