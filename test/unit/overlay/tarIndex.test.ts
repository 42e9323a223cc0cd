import assert from "node:assert/strict";
import { test } from "node:test";
import { indexTar } from "../../../src/overlay/index.ts";
import { type HandEntry, handArchive } from "../../support/handTar.ts";

const limits = { totalBytes: 1 << 30, entries: 100 };

/** Lists an archive, and counts how many bytes of it were read. */
async function list(archive: Buffer) {
  let bytesRead = 0;
  const members = await indexTar(
    {
      size: archive.length,
      read: async (position, length) => {
        const bytes = archive.subarray(position, position + length);
        bytesRead += bytes.length;
        return bytes;
      },
    },
    limits,
  );
  return { members, bytesRead };
}

const entries: readonly HandEntry[] = [
  { name: "directory", type: "5" },
  { name: "empty" },
  { name: "small", content: "small content" },
  { name: "short", pax: { path: `long/${"name".repeat(50)}` }, content: "x".repeat(512) },
  { name: "link", type: "2", link: "small" },
  { name: "large", content: "y".repeat(300_001) },
  { name: "last", content: "z".repeat(1000) },
];

test("indexTar() says where the content of each member is, and reads past large ones", async () => {
  const archive = handArchive(entries);
  const { members, bytesRead } = await list(archive);
  assert.deepEqual(
    members.map(({ path, type, linkPath, size, offset }) => [
      path.slice(0, 10),
      type,
      linkPath,
      archive.toString("latin1", offset, offset + Math.min(size, 5)),
    ]),
    [
      ["directory", "dir", "", ""],
      ["empty", "file", "", ""],
      ["small", "file", "", "small"],
      ["long/namen", "file", "", "xxxxx"],
      ["link", "symlink", "small", ""],
      ["large", "file", "", "yyyyy"],
      ["last", "file", "", "zzzzz"],
    ],
  );
  assert.ok(bytesRead < 150_000, `${bytesRead} bytes were read`);
});

test("indexTar() takes an archive without an end mark, and no archive that ends in the middle", async () => {
  const archive = handArchive(entries);
  assert.equal((await list(archive.subarray(0, archive.length - 1024))).members.length, 7);
  assert.equal((await list(Buffer.alloc(0))).members.length, 0);
  for (const cut of [archive.length - 1024 - 24 - 1, archive.length - 1024 - 1024, archive.length - 1024 - 1500, 100]) {
    await assert.rejects(list(archive.subarray(0, cut)), /the image archive ends in the middle|cannot read/);
  }
});

test("indexTar() stops at its limits", async () => {
  const many = Array.from({ length: 101 }, (_, index): HandEntry => ({ name: `${index}` }));
  await assert.rejects(list(handArchive(many)), /more than 100 entries/);
  await assert.rejects(list(handArchive([{ name: "x", size: 2 ** 31 - 1 }])), /larger than 1073741824 bytes/);
});
