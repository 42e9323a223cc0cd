// @regression V34 CVE-2021-41091, CVE-2024-25621
// @wrong Users of the host reached set-user-ID programs in layers.
// @defence Both roots are open to root alone.
// @regression V40 hard links in layers
// @wrong A hard link led to a file of another layer or of the host.
// @rule R2
// @defence A link leads to a file of the same layer, or the layer is refused.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openLayerStore, removeTree } from "../../../src/overlay/index.ts";
import { handArchive, handEntry } from "../../support/handTar.ts";
import { freshDiffId, makeLayerBench, stagingLeftovers, unpackArchive } from "../../support/layerBench.ts";
import { helperPath } from "../../support/projectPaths.ts";

const small = handArchive([
  { name: "etc/", type: "5", mode: 0o755 },
  { name: "etc/a", content: "hello" },
]);

test("a layer is there once it is committed, and not before", async (t) => {
  const { store } = makeLayerBench(t);
  const diffId = freshDiffId();
  const intake = await store.begin(diffId);
  await intake.write(small);
  assert.equal(await store.has(diffId), false);
  await intake.commit();
  assert.equal(await store.has(diffId), true);
  assert.equal(readFileSync(join(store.treePath(diffId), "etc/a"), "utf8"), "hello");
  assert.deepEqual(store.read(diffId), { version: 1, diffId, entries: 2, size: 5, opaqueRoot: false });
  assert.deepEqual(await store.list(), [diffId]);
  await intake.abort();
  assert.equal(await store.has(diffId), true);
});

test("remove() takes a layer away, and does not mind that there is none", async (t) => {
  const bench = makeLayerBench(t);
  const diffId = freshDiffId();
  await unpackArchive(bench.store, small, diffId);
  await bench.store.remove(diffId);
  await bench.store.remove(diffId);
  assert.equal(await bench.store.has(diffId), false);
  assert.equal(await bench.store.size(diffId), 0);
  assert.deepEqual(await bench.store.list(), []);
  assert.deepEqual(stagingLeftovers(bench), []);
});

test("remove() puts a layer back that somebody found before it was out of reach", async (t) => {
  const bench = makeLayerBench(t);
  const diffId = freshDiffId();
  await unpackArchive(bench.store, small, diffId);
  let seen: boolean | undefined;
  const isUsed = () => {
    seen = bench.store.read(diffId) !== undefined;
    return true;
  };
  assert.equal(await bench.store.remove(diffId, isUsed), false);
  assert.equal(seen, false);
  assert.equal(readFileSync(join(bench.store.treePath(diffId), "etc/a"), "utf8"), "hello");
  assert.deepEqual(stagingLeftovers(bench), []);
  assert.equal(await bench.store.remove(diffId, () => false), true);
  assert.equal(await bench.store.has(diffId), false);
});

test("sweepStaging() brings a layer back whose removal was killed before it was certain", async (t) => {
  const bench = makeLayerBench(t);
  const diffId = freshDiffId();
  await unpackArchive(bench.store, small, diffId);
  const detached = `checking-${"0".repeat(16)}.4194304.1.${"0".repeat(32)}`;
  renameSync(join(bench.store.treePath(diffId), ".."), join(bench.staging, detached));
  assert.deepEqual(bench.store.staleStaging(), [join(bench.staging, detached)]);
  await bench.store.sweepStaging();
  assert.equal(readFileSync(join(bench.store.treePath(diffId), "etc/a"), "utf8"), "hello");
  assert.deepEqual(stagingLeftovers(bench), []);
});

test("of several that unpack the same layer the first wins and the others leave nothing", async (t) => {
  const bench = makeLayerBench(t);
  const other = openLayerStore(bench.root, { helperPath });
  const diffId = freshDiffId();
  const intakes = await Promise.all([bench.store.begin(diffId), other.begin(diffId), other.begin(diffId)]);
  await Promise.all(intakes.map((intake) => intake.write(small)));
  await Promise.all(intakes.map((intake) => intake.commit()));
  assert.deepEqual(await other.list(), [diffId]);
  assert.deepEqual(stagingLeftovers(bench), []);
});

test("an aborted, a torn and a damaged layer leave nothing behind", async (t) => {
  const bench = makeLayerBench(t);
  const intake = await bench.store.begin(freshDiffId());
  await intake.write(small);
  await intake.abort();
  await intake.abort();
  await assert.rejects(unpackArchive(bench.store, small.subarray(0, 1100)), { code: "malformedLayer" });
  await assert.rejects(unpackArchive(bench.store, Buffer.from("rubbish".repeat(100))), { code: "malformedLayer" });
  assert.deepEqual(stagingLeftovers(bench), []);
  assert.deepEqual(await bench.store.list(), []);
});

test("a contradiction in the archive is reported with the entry and the call", async (t) => {
  const { store } = makeLayerBench(t);
  const archive = handArchive([{ name: "f", content: "x" }, { name: "f/g" }]);
  await assert.rejects(unpackArchive(store, archive), {
    code: "malformedLayer",
    message: 'cannot unpack the layer entry "f/g": openat2: a part of the path is not a directory (ENOTDIR)',
  });
});

test("a killed helper is an error, also for a writer that waits", async (t) => {
  const bench = makeLayerBench(t);
  const intake = await bench.store.begin(freshDiffId());
  await intake.write(handEntry({ name: "f", size: 1 << 30 }));
  const pid = Number(readFileSync(`/proc/self/task/${process.pid}/children`, "utf8")); // nothing else of ours runs
  process.kill(pid, "SIGKILL");
  await assert.rejects(
    async () => {
      for (let written = 0; written < 1 << 30; written += 1 << 20) await intake.write(Buffer.alloc(1 << 20));
    },
    { code: "fileSystem", message: /native helper failed, signal 9 ended it/ },
  );
  await intake.abort();
  assert.deepEqual(stagingLeftovers(bench), []);
});

test("sweepStaging() removes what dead processes left and nothing else", async (t) => {
  const bench = makeLayerBench(t);
  const intake = await bench.store.begin(freshDiffId());
  const [mine = ""] = stagingLeftovers(bench);
  const dead = mine.replace(/\.\d+\.\d+\./, ".4194304.1.");
  for (const name of [dead, "foreign"]) {
    mkdirSync(join(bench.staging, name, "tree/deep"), { recursive: true });
    writeFileSync(join(bench.staging, name, "tree/deep/file"), "");
  }
  await bench.store.sweepStaging();
  assert.deepEqual(stagingLeftovers(bench), [mine]);
  await intake.write(small);
  await intake.commit();
});

test("V34: nobody but root reaches a layer", async (t) => {
  const bench = makeLayerBench(t);
  await unpackArchive(bench.store, small);
  for (const path of [join(bench.root, "layers"), bench.staging])
    assert.equal(statSync(path).mode & 0o777, 0o700, path);
});

test("runs of zeros become holes, at the end and in the middle", async (t) => {
  const { store } = makeLayerBench(t);
  const content = Buffer.alloc(8 << 20);
  content.write("start");
  content.write("middle", 5 << 20);
  const tree = await unpackArchive(
    store,
    handArchive([
      { name: "sparse", content },
      { name: "after", content: "x" },
    ]),
  );
  assert.ok(readFileSync(join(tree, "sparse")).equals(content));
  assert.ok(statSync(join(tree, "sparse")).blocks * 512 < 1 << 20);
  assert.equal(readFileSync(join(tree, "after"), "utf8"), "x");
});

const overlayXattrs = (path: string): string =>
  execFileSync("getfattr", ["-h", "-d", "-m", "trusted.overlay", "--only-values", "--absolute-names", path], {
    encoding: "utf8",
  });

test("whiteouts and opaque marks take overlay's form and spare what the layer itself has", async (t) => {
  const { store } = makeLayerBench(t);
  const diffId = freshDiffId();
  const tree = await unpackArchive(
    store,
    handArchive([
      { name: ".wh.gone" },
      { name: "kept", content: "x" },
      { name: ".wh.kept" },
      { name: "full/inside", content: "x" },
      { name: ".wh.full" },
      { name: ".wh.later" },
      { name: "later/inside", content: "x" },
      { name: ".wh.again" },
      { name: "again/", type: "5" },
      { name: "opaque/.wh..wh..opq" },
      { name: "opaque/inside", content: "x" },
    ]),
    diffId,
  );
  const gone = lstatSync(join(tree, "gone"));
  assert.deepEqual([gone.isCharacterDevice(), gone.rdev], [true, 0]);
  for (const name of ["kept", "full/inside", "later/inside", "opaque/inside"]) {
    assert.equal(readFileSync(join(tree, name), "utf8"), "x", name);
  }
  for (const name of ["full", "later", "again", "opaque"]) assert.equal(overlayXattrs(join(tree, name)), "y", name);
  assert.equal(overlayXattrs(join(tree, "kept")), "");
  assert.equal(store.read(diffId)?.opaqueRoot, false);
});

test("an opaque root is put on record", async (t) => {
  const { store } = makeLayerBench(t);
  const diffId = freshDiffId();
  await unpackArchive(store, handArchive([{ name: ".wh..wh..opq" }]), diffId);
  assert.equal(store.read(diffId)?.opaqueRoot, true);
});

test("V40: a hard link leads to a file of the same layer or the layer is refused", async (t) => {
  const { store } = makeLayerBench(t);
  const link = (target: string) => ({ name: "h", type: "1", link: target });
  const targets = ["missing", "/etc/passwd", "directory", "deleted", "through/nothing"];
  for (const target of targets) {
    const archive = handArchive([{ name: "directory/", type: "5" }, { name: ".wh.deleted" }, link(target)]);
    await assert.rejects(unpackArchive(store, archive), { code: "malformedLayer" }, target);
  }
  const tree = await unpackArchive(
    store,
    handArchive([
      { name: "f", content: "x" },
      { name: "s", type: "2", link: "f" },
      { name: "h", type: "1", link: "s" },
      { name: "f", type: "1", link: "./f" },
    ]),
  );
  assert.equal(readlinkSync(join(tree, "h")), "f");
  assert.equal(readFileSync(join(tree, "f"), "utf8"), "x");
});

test("symbolic links that lead nowhere yet are followed inside when an entry lies below them", async (t) => {
  const { store } = makeLayerBench(t);
  const tree = await unpackArchive(
    store,
    handArchive([
      { name: "a", type: "2", link: "/b/c" },
      { name: "b", type: "2", link: "../../d" },
      { name: "a/file", content: "x" },
    ]),
  );
  assert.equal(readFileSync(join(tree, "d/c/file"), "utf8"), "x");
  assert.equal(readlinkSync(join(tree, "a")), "/b/c");
});

test("removeTree() removes deep and odd trees, follows no link and spares what is mounted", async (t) => {
  const { directory, canary } = makeLayerBench(t);
  const tree = join(directory, "tree");
  mkdirSync(tree);
  // deeper than any path name can say; bash gets there because it goes step by step
  const deep = 'cd "$1" && n=$(printf %0200d 0) && for i in {1..600}; do mkdir $n && : > f && cd $n || exit 1; done';
  execFileSync("bash", ["-c", deep, "bash", tree]);
  symlinkSync(canary, join(tree, "link"));
  writeFileSync(join(tree, ".brig-lifted-0"), "");
  await removeTree({ helperPath, path: tree });
  assert.equal(existsSync(tree), false);
  assert.equal(readFileSync(join(canary, "victim"), "utf8"), "untouched\n");
  await removeTree({ helperPath, path: tree });
  mkdirSync(join(tree, "mounted"), { recursive: true });
  const mounting = join(directory, "mounting");
  const script = `mount --bind "${canary}" "${tree}/mounted" && exec "${helperPath}" "$1"`;
  writeFileSync(mounting, `#!/bin/sh\nexec unshare -m sh -c '${script}' sh "$1"\n`, { mode: 0o755 });
  await assert.rejects(removeTree({ helperPath: mounting, path: tree }), {
    code: "fileSystem",
    message: /cannot remove .*: .*\((?:EBUSY|EXDEV)\)/,
  });
  assert.equal(readFileSync(join(canary, "victim"), "utf8"), "untouched\n");
});

test("removeTree() says what stood in the way", async (t) => {
  const { directory } = makeLayerBench(t);
  const file = join(directory, "file");
  writeFileSync(file, "");
  await assert.rejects(removeTree({ helperPath, path: join(file, "below") }), {
    code: "fileSystem",
    message: /cannot remove ".*below": a part of the path/,
  });
});
