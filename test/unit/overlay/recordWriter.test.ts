import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { HelperStream } from "../../../src/overlay/helperStream.ts";
import type { LayerRecord } from "../../../src/overlay/layerRecord.ts";
import { RecordWriter } from "../../../src/overlay/recordWriter.ts";

const metadata = { mode: 0o755, uid: 0, gid: 0, modified: { seconds: 0, nanoseconds: 0 }, xattrs: [] };

async function write(records: readonly LayerRecord[]): Promise<readonly string[]> {
  const output = new PassThrough();
  const writer = new RecordWriter(new HelperStream(output));
  for (const record of records) writer.record(record);
  writer.end();
  const heads = (await text(output)).split("\0\0").map((record) => record.split("\0").slice(0, 2).join(" "));
  assert.equal(writer.entries, records.length);
  return heads.slice(0, -1);
}

const dir = (path: string, mode = 0o755): LayerRecord => ({ op: "dir", path, metadata: { ...metadata, mode } });

test("RecordWriter seals directories after everything else", async () => {
  const file: LayerRecord = { op: "file", path: "a/f", metadata, size: 0 };
  assert.deepEqual(await write([dir("a"), dir("a/b"), file]), [
    "dir path=a",
    "dir path=a/b",
    "file path=a/f",
    "seal path=a",
    "seal path=a/b",
    "done",
  ]);
});

test("RecordWriter seals what an archive said last: no directory that something else replaced, none twice", async () => {
  const link: LayerRecord = { op: "symlink", path: "b", metadata, target: "a" };
  const marked: LayerRecord = { op: "opaque", path: "a" };
  const heads = await write([dir("a"), dir("b"), dir("c"), link, dir("a", 0o700), marked]);
  assert.deepEqual(
    heads.filter((head) => head.startsWith("seal")),
    ["seal path=c", "seal path=a"],
  );
});
