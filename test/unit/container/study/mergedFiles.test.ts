import assert from "node:assert/strict";
import { test } from "node:test";
import { compareFiles } from "../../../../src/container/study/compareFiles.ts";
import { type LayerChange, MergedFiles } from "../../../../src/container/study/mergedFiles.ts";
import type { LayerRecord } from "../../../../src/overlay/index.ts";

const metadata = { mode: 0o755, uid: 0, gid: 0, modified: { seconds: 0, nanoseconds: 0 }, xattrs: [] };
const dir = (path: string, mode = 0o755): LayerRecord => ({ op: "dir", path, metadata: { ...metadata, mode } });
const file = (path: string, size: number): LayerRecord => ({ op: "file", path, metadata, size });
const link = (path: string, target: string): LayerRecord => ({ op: "hardlink", path, metadata, target });
const mark = (op: "whiteout" | "opaque", path: string): LayerRecord => ({ op, path });

function lay(files: MergedFiles, ...records: readonly LayerRecord[]): readonly string[] {
  files.beginLayer();
  for (const record of records) files.apply(record);
  return files.endLayer().map(({ kind, path, bytes }: LayerChange) => `${kind} ${path} ${bytes}`);
}

test("a layer adds, changes and deletes, and what it hides is wasted where it lies", () => {
  const files = new MergedFiles();
  lay(
    files,
    dir("."),
    dir("a"),
    file("a/one", 1),
    file("a/two", 2),
    dir("a/deep"),
    file("a/deep/three", 4),
    file("b", 8),
  );
  const changes = lay(files, dir("."), dir("a"), mark("whiteout", "a/deep"), file("a/one", 16), file("c", 32));
  assert.deepEqual(changes, ["deleted a/deep 4", "changed a/one 16", "added c 32"]);
  assert.deepEqual(lay(files, mark("whiteout", "a"), mark("whiteout", "nothing")), ["deleted a 18"]);
  assert.deepEqual(files.wasted, [1 + 2 + 4, 16, 0]);
  assert.deepEqual([...files.root.children.keys()], ["b", "c"]);
});

test("what comes again in an opaque directory is changed, the rest of it is deleted", () => {
  const files = new MergedFiles();
  lay(files, dir("a"), file("a/kept", 1), dir("a/x"), file("a/x/y", 2), file("a/gone", 4));
  const changes = lay(files, dir("a"), mark("opaque", "a"), dir("a/x"), file("a/kept", 8));
  assert.deepEqual(changes, ["deleted a/gone 4", "changed a/kept 8", "changed a/x 0", "deleted a/x/y 2"]);
  assert.deepEqual(files.wasted, [7, 0]);
});

test("a file with several names is wasted when the last one is gone", () => {
  const files = new MergedFiles();
  lay(files, file("a", 100), link("b", "a"));
  lay(files, mark("whiteout", "a"));
  assert.deepEqual(files.wasted, [0, 0]);
  lay(files, mark("whiteout", "b"));
  assert.deepEqual(files.wasted, [100, 0, 0]);
});

test("a directory that is only named again is no change, one with another mode is; a file in its place hides it", () => {
  const files = new MergedFiles();
  lay(files, dir("a"), dir("b"), file("b/in", 3));
  assert.deepEqual(lay(files, dir("a"), dir("b", 0o700)), ["changed b 0"]);
  assert.deepEqual(lay(files, file("b", 5)), ["changed b 5", "deleted b/in 3"]);
});

test("names that mean something to JavaScript are names", () => {
  const files = new MergedFiles();
  assert.deepEqual(lay(files, dir("__proto__"), file("__proto__/constructor", 1)), [
    "added __proto__ 0",
    "added __proto__/constructor 1",
  ]);
});

test("a hundred thousand entries and deletions take linear time", () => {
  const files = new MergedFiles();
  const names = Array.from({ length: 100_000 }, (_, index) => `d/${index}`);
  lay(files, dir("d"), ...names.map((name) => file(name, 1)));
  assert.equal(lay(files, dir("d"), ...names.map((name) => mark("whiteout", name))).length, 100_000);
  assert.deepEqual(files.wasted, [100_000, 0]);
});

function filesOf(...records: readonly LayerRecord[]): MergedFiles {
  const files = new MergedFiles();
  lay(files, dir("."), ...records);
  return files;
}

test("compareFiles() says in what files differ, and leaves only contents of one size open", () => {
  const before = filesOf(
    file("gone", 1),
    file("grown", 1),
    file("same", 5),
    file("asked", 6),
    dir("dir"),
    file("kind", 0),
  );
  const after = filesOf(
    file("new", 2),
    file("grown", 3),
    file("same", 5),
    file("asked", 6),
    dir("dir", 0o700),
    dir("kind"),
  );
  const { changes, open } = compareFiles({ before: before.root, after: after.root }, ({ path }) => path === "same");
  assert.deepEqual(changes.map(({ kind, path, differs }) => [kind, path, ...differs].join(" ")).sort(), [
    "added /new",
    "changed /dir mode",
    "changed /grown content",
    "changed /kind type content",
    "deleted /gone",
  ]);
  assert.deepEqual(
    open.map(({ change, before: { bytes } }) => [change.path, bytes]),
    [["/asked", 6]],
  );
});
