// @regression V31 CVE-2021-32803, CVE-2021-37701, CVE-2026-23745, CVE-2025-48387
// @wrong Readers of archives checked names as text, or trusted a directory that a link had replaced since.
// @rule R2
// @defence No path is remembered or compared; each entry is resolved by the kernel below the layer's root.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { EngineError } from "../../src/base/index.ts";
import { openLayerStore } from "../../src/overlay/index.ts";
import { type HandEntry, handArchive, handEntry } from "../support/handTar.ts";
import { freshDiffId, makeLayerBench, stagingLeftovers, unpackArchive } from "../support/layerBench.ts";
import { helperPath } from "../support/projectPaths.ts";
import { digestTree } from "../support/treeDigest.ts";

// The shapes by which other unpackers were led outside: checks of names as text, caches of directories, hard links
// through chains of symlinks (V31), bombs (V35), and attributes that steer the overlay (V38).

const dir = (name: string): HandEntry => ({ name, type: "5", mode: 0o755 });
const symlink = (name: string, link: string): HandEntry => ({ name, type: "2", link, pax: { linkpath: link } });
const hardlink = (name: string, link: string): HandEntry => ({ name, type: "1", mode: 0o777, pax: { linkpath: link } });
const file = (name: string): HandEntry => ({ name, content: "written", mode: 0o4777 });

const shapes: Readonly<Record<string, (canary: string) => readonly HandEntry[]>> = {
  "a hard link to an absolute path": (canary) => [hardlink("h", `${canary}/victim`), file("h")],
  "a hard link through a symlink": (canary) => [symlink("s", canary), hardlink("h", "s/victim"), file("h")],
  "a hard link through a chain of symlinks": (canary) => [
    symlink("a", canary),
    symlink("b", "a"),
    symlink("c", "b/."),
    hardlink("h", "c/victim"),
    file("h"),
  ],
  "a hard link to a symlink, then a file over it": (canary) => [
    symlink("s", `${canary}/victim`),
    hardlink("h", "s"),
    file("h"),
  ],
  "a hard link to a symlink to a directory, then a file below": (canary) => [
    symlink("s", canary),
    hardlink("h", "s"),
    file("h/victim"),
  ],
  "a directory that was used, then a symlink of the same name": (canary) => [
    dir("d"),
    file("d/a"),
    symlink("d", canary),
    file("d/victim"),
  ],
  "a directory used under another spelling": (canary) => [
    dir("d"),
    file("./d//a"),
    symlink(".//d", canary),
    file("d/./victim"),
  ],
  "names that differ in case only": (canary) => [
    dir("d"),
    file("d/a"),
    symlink("D", canary),
    file("d/victim"),
    file("D/new"),
  ],
  "names that Unicode composes": (canary) => [
    dir("e\xcc\x81"),
    symlink("\xc3\xa9", canary),
    file("e\xcc\x81/victim"),
    file("\xc3\xa9/new"),
  ],
  "a symlink with a slash at its end": (canary) => [symlink("s/", canary), file("s/victim")],
  "a file with a slash at its end over a symlink": (canary) => [
    symlink("s", `${canary}/victim`),
    { ...file("s/"), type: "7" },
  ],
  "backslashes and drive letters": () => [file("..\\..\\victim"), file("C:..\\victim"), file("c:/victim")],
  "a directory above another directory's symlink": (canary) => [
    dir("a"),
    symlink("a/b", canary),
    dir("a/b/dir"),
    file("a/b/dir/victim"),
  ],
  "a directory entry over a symlink, with a mode": (canary) => [symlink("s", canary), { ...dir("s"), mode: 0o777 }],
  "a symlink to the root's parent as a whole": () => [
    symlink("s", ".."),
    file("s/victim"),
    symlink("t", "/.."),
    file("t/victim"),
  ],
  "/proc/self/fd": () => [symlink("s", "/proc/self/fd/0"), symlink("d", "/proc/self/cwd"), file("d/victim")],
};

for (const [name, entries] of Object.entries(shapes)) {
  test(`V31: ${name} stays inside`, async (t) => {
    const bench = makeLayerBench(t);
    const before = digestTree(bench.canary);
    await unpackArchive(bench.store, handArchive(entries(bench.canary))).catch((error: unknown) => {
      assert.ok(error instanceof EngineError && error.code === "malformedLayer", String(error));
    });
    assert.deepEqual(digestTree(bench.canary), before);
    assert.deepEqual(stagingLeftovers(bench), []);
    assert.deepEqual(readdirSync(bench.directory).sort(), ["canary", "root"]);
  });
}

test("V33: a file that replaces a hard link leaves the mode and content of the other name alone", async (t) => {
  const { store } = makeLayerBench(t);
  const tree = await unpackArchive(
    store,
    handArchive([
      { name: "a", content: "first", mode: 0o600 },
      hardlink("b", "a"),
      { name: "b", content: "second", mode: 0o644 },
    ]),
  );
  assert.deepEqual(
    [lstatSync(join(tree, "a")).size, lstatSync(join(tree, "a")).nlink, lstatSync(join(tree, "b")).size],
    [5, 1, 6],
  );
});

function* bomb(): Generator<Buffer> {
  yield handEntry({ name: "zeros", pax: { size: String(10 * 1024 ** 3) } });
  for (let n = 0; n < 10_240; n += 1) yield Buffer.alloc(1 << 20);
}

const limited = { totalBytes: 64 << 20, entries: 1000 };
const bombs: Readonly<Record<string, () => Iterable<Buffer>>> = {
  "a declared size of 10 GiB": bomb,
  "an endless archive": function* () {
    for (;;) yield Buffer.concat([handEntry({ name: "f", content: Buffer.alloc(1 << 20) })]);
  },
  "entries without end": function* () {
    for (;;) yield handEntry({ name: "f" });
  },
  "padding without end": function* () {
    yield handArchive([]);
    for (;;) yield Buffer.alloc(1 << 20);
  },
  "a PAX path of 100 MiB": function* () {
    yield handEntry({ name: "p", type: "x", size: 100 << 20 });
    for (;;) yield Buffer.alloc(1 << 20, "x");
  },
};

for (const [name, chunks] of Object.entries(bombs)) {
  test(`V35: ${name} is refused and leaves nothing`, async (t) => {
    const bench = makeLayerBench(t);
    const store = openLayerStore(bench.root, { helperPath, limits: limited });
    const intake = await store.begin(freshDiffId());
    const feed = async (): Promise<void> => {
      for (const chunk of chunks()) await intake.write(chunk);
    };
    await assert.rejects(feed(), { code: "limitExceeded" });
    await intake.abort();
    assert.deepEqual(stagingLeftovers(bench), []);
    assert.deepEqual(await store.list(), []);
  });
}

const steering = [
  ...["opaque", "redirect", "metacopy", "whiteout", "origin", "impure", "nlink", "upper"].map(
    (name) => `trusted.overlay.${name}`,
  ),
  ...["opaque", "redirect", "metacopy"].map((name) => `user.overlay.${name}`),
  ...["security.selinux", "security.ima", "security.evm", "trusted.anything"],
];

for (const name of steering) {
  test(`V38: the attribute ${name} of an archive does not reach the disk`, async (t) => {
    const { store } = makeLayerBench(t);
    const pax = { [`SCHILY.xattr.${name}`]: "y", "SCHILY.xattr.user.kept": "1" };
    const tree = await unpackArchive(
      store,
      handArchive([
        { ...dir("d"), pax },
        { name: "f", pax },
      ]),
    );
    for (const path of ["d", "f"]) {
      const output = execFileSync("getfattr", ["-h", "-d", "-m", "-", "--absolute-names", join(tree, path)], {
        encoding: "utf8",
      });
      assert.deepEqual(output.trim().split("\n").slice(1), ['user.kept="1"']);
    }
  });
}

test("V38: a raw whiteout is refused", async (t) => {
  const bench = makeLayerBench(t);
  for (const type of ["3", "4"]) {
    const archive = handArchive([{ name: "w", type, major: 0, minor: 0 }]);
    await assert.rejects(unpackArchive(bench.store, archive), {
      code: "unsafeLayer",
      message: /"w": it is a device 0:0/,
    });
  }
  assert.deepEqual(stagingLeftovers(bench), []);
});
