// @regression V60 CVE-2018-15664, CVE-2019-10152
// @wrong A copy checked a path and used it later, when the container had made it a link.
// @rule R2
// @defence Paths are resolved by a process that has pivoted into a view of the root and joined its user namespace.
// @regression V63 CVE-2023-0778
// @wrong An export followed a link that took the place of a directory.
// @rule R2
// @defence The same process reads, by descriptors, and follows nothing.
// @regression V33 CVE-2021-41089
// @wrong Copying into a container changed modes of files of the host.
// @rule R2
// @defence Modes are set on descriptors of what was just made; the digest of the host's tree has modes and change
//   times in it.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { EngineError } from "../../src/base/index.ts";
import { createEngine, type Engine } from "../../src/index.ts";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../support/brig.ts";
import { nativeProgram } from "../support/nativeProgram.ts";
import { helperPath } from "../support/projectPaths.ts";
import { busyboxRoot } from "../support/pulledRoot.ts";
import { removeRunning, startRunning } from "../support/runningContainer.ts";
import { digestTree } from "../support/treeDigest.ts";

// A container swaps directories and symbolic links, tens of thousands of times a second, while files are copied out of
// it and into it (CVE-2018-15664, CVE-2019-10152). Every link points at a tree of the host by its absolute name and by
// a long way up. The tree must stay as it is, change times included, and none of its contents may be copied.

const copies = 300;
const secret = "this is the host's";

let root: TestRoot;
let engine: Engine;
let canary: string;
let outside: string;

before(async () => {
  const made = await busyboxRoot();
  root = made.root;
  engine = createEngine({ root: root.root, runRoot: root.runRoot, helperPath });
  canary = join(root.directory, "canary");
  outside = join(root.directory, "outside");
  mkdirSync(outside);
  mkdirSync(join(canary, "deep"), { recursive: true });
  for (const name of ["file", "deep/file"]) writeFileSync(join(canary, name), secret);
  const racer = await nativeProgram("racer");
  const up = "../".repeat(30);
  const pairs = [
    ["top", canary],
    ["tree/inner", `${up}${canary.slice(1)}`],
    ["tree/other", "/"],
  ] as const;
  const lines = pairs.flatMap(([name, target]) => [
    `mkdir -p /race/${name}/deep`,
    `echo inside > /race/${name}/file`,
    `echo inside > /race/${name}/deep/file`,
    `ln -s ${target} /race/${name}.link`,
    `/racer /race/${name} /race/${name}.link &`,
  ]);
  // a file and a link to a file, and a file and a directory, besides
  const more = [
    `echo inside > /race/tree/plain; ln -s ${canary}/file /race/tree/plain.link`,
    "/racer /race/tree/plain /race/tree/plain.link &",
    "echo inside > /race/tree/kind; mkdir /race/tree/kind.dir; /racer /race/tree/kind /race/tree/kind.dir &",
  ];
  const command = ["sh", "-c", `mkdir -p /race/tree\n${[...lines, ...more].join("\n")}\necho ready > /ready\nwait`];
  const flags = ["-v", `${racer}:/racer:ro`];
  await startRunning(root, { name: "race", image: made.image, flags, command });
  for (let tries = 0; tries < 1000; tries += 1) {
    if ((await runBrig(["exec", "race", "test", "-s", "/ready"], { root })).code === 0) break;
  }
});

after(async () => {
  await removeRunning(root, "race");
  disposeRoot(root);
});

/** What may come of a copy of something that is never the same twice. */
async function attempt(copy: () => Promise<unknown>): Promise<"copied" | "refused"> {
  try {
    await copy();
    return "copied";
  } catch (error) {
    assert.ok(error instanceof EngineError, String(error));
    return "refused";
  }
}

function contentsBelow(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [readFileSync(join(entry.parentPath, entry.name), "utf8")] : [],
  );
}

const common = { container: "race", followLink: false, keepOwners: false };

test("V60: copies out of a racing container hold nothing of the host", async () => {
  const found = digestTree(canary);
  let copied = 0;
  for (let n = 0; n < copies; n += 1) {
    const to = mkdtempSync(join(outside, "o-"));
    const containerPath =
      ["/race/top/file", "/race/top/deep", "/race/tree", "/race/top/.", "/race/tree/inner/deep/file"][n % 5] ?? "";
    const request = { ...common, containerPath, localPath: to, followLink: n % 2 === 1 };
    if ((await attempt(() => engine.copyOut(request))) === "copied") copied += 1;
    for (const content of contentsBelow(to)) assert.ok(!content.includes(secret), containerPath);
    rmSync(to, { recursive: true });
  }
  assert.ok(copied > copies / 10, `${copied} of ${copies} copies came through`);
  assert.deepEqual(digestTree(canary), found);
});

test("V60: copies into a racing container change nothing of the host", async () => {
  const found = digestTree(canary);
  const from = join(outside, "from");
  mkdirSync(join(from, "deep/new"), { recursive: true });
  for (const name of ["file", "fresh", "deep/file", "deep/new/file"]) writeFileSync(join(from, name), "from outside");
  symlinkSync(canary, join(from, "link"));
  let copied = 0;
  for (let n = 0; n < copies; n += 1) {
    const containerPath =
      ["/race/top/file", "/race/top", "/race/tree/inner", "/race/top/deep/.", "/race/tree/plain"][n % 5] ?? "";
    const localPath = [join(from, "file"), `${from}/.`, join(from, "deep")][n % 3] ?? "";
    if ((await attempt(() => engine.copyIn({ ...common, containerPath, localPath }))) === "copied") copied += 1;
  }
  assert.ok(copied > copies / 10, `${copied} of ${copies} copies came through`);
  assert.deepEqual(digestTree(canary), found);
});

test("V63, V64: exports, differences and images of a racing container are whole and hold nothing of the host", async () => {
  const found = digestTree(canary);
  for (let n = 0; n < 20; n += 1) {
    const chunks: Uint8Array[] = [];
    const outcome = await attempt(async () => {
      for await (const bytes of engine.exportContainer("race")) chunks.push(bytes);
    });
    const archive = Buffer.concat(chunks);
    assert.ok(!archive.includes(secret));
    if (outcome === "copied") assert.equal(archive.length % 512, 0);
    await attempt(() => engine.diff("race"));
  }
  const commit = { nameOrId: "race", author: "", message: "", changes: [], reference: "raced:1" };
  if ((await attempt(() => engine.commit({ ...commit, pause: true }))) === "copied") {
    const run = ["run", "--rm", "--network", "none", "--ulimit", "nofile=1024:1024", "raced:1", "ls", "/race"];
    assert.match((await brigOk(run, { root })).stdout, /top/);
  }
  assert.deepEqual(digestTree(canary), found);
});
