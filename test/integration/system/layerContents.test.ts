import assert from "node:assert/strict";
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { gzipSync } from "node:zlib";
import { brigOk, createRoot, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { assertFaultless } from "../../support/faultless.ts";
import {
  type FaultRegistry,
  makeImage,
  type ServedImage,
  sha256,
  startFaultRegistry,
} from "../../support/faultRegistry.ts";
import { handArchive } from "../../support/handTar.ts";
import { runTool } from "../../support/programs.ts";
import { removeRunning, startRunning } from "../../support/runningContainer.ts";

let root: TestRoot;
let registry: FaultRegistry;
let image: ServedImage;
let reference: string;

before(async () => {
  const tar = handArchive([
    { name: "bin/", type: "5", mode: 0o755 },
    { name: "bin/busybox", mode: 0o755, content: readFileSync("/bin/busybox") },
    { name: "etc/a", content: "hello" },
    { name: "etc/b", type: "1", link: "etc/a" },
    { name: "etc/empty" },
    { name: "etc/link", type: "2", link: "a" },
    { name: "etc/.wh.gone" },
    { name: "etc/tagged", content: "x", pax: { "SCHILY.xattr.user.tag": "one" } },
    { name: "opaque/", type: "5", mode: 0o755 },
    { name: "opaque/.wh..wh..opq" },
  ]);
  image = makeImage({
    layer: gzipSync(tar),
    config: { config: { Env: ["PATH=/bin"] }, rootfs: { type: "layers", diff_ids: [sha256(tar)] } },
    diffId: sha256(tar),
  });
  root = createRoot();
  registry = await startFaultRegistry(image);
  reference = `${registry.address}/app`;
  await brigOk(["pull", "-q", reference], { root });
});

after(async () => {
  await registry.stop();
  disposeRoot(root);
});

function inTree(...names: readonly string[]): string {
  return join(root.root, "layers", image.diffId.slice(7), "tree", ...names);
}

/** Changes a file and gives it its time again, as a failing disk would. */
function unnoticed(path: string, change: () => void): void {
  const { atime, mtime } = statSync(path);
  change();
  utimesSync(path, atime, mtime);
}

const damages: Readonly<Record<string, readonly [RegExp, () => void | Promise<void>]>> = {
  "one byte of a file": [
    /the contents of "etc\/[ab]" changed/,
    () => unnoticed(inTree("etc/a"), () => writeFileSync(inTree("etc/a"), "hellp")),
  ],
  "the mode of a file": [/the mode of "etc\/empty" changed/, () => chmodSync(inTree("etc/empty"), 0o640)],
  "the mode of a directory": [/the mode of "etc" changed/, () => chmodSync(inTree("etc"), 0o700)],
  "the owner of a file": [/the owner of "etc\/empty" changed/, () => chownSync(inTree("etc/empty"), 12, 0)],
  "a file that is gone": [/"etc\/empty" is missing/, () => rmSync(inTree("etc/empty"))],
  "a file more": [/"etc\/more" was added/, () => writeFileSync(inTree("etc/more"), "")],
  "a file in the place of a symbolic link": [
    /the type of "etc\/link" changed/,
    () => {
      rmSync(inTree("etc/link"));
      writeFileSync(inTree("etc/link"), "");
    },
  ],
  "another target of a symbolic link": [
    /the (time|target) of "etc\/link" changed/,
    () => {
      rmSync(inTree("etc/link"));
      symlinkSync("b", inTree("etc/link"));
    },
  ],
  "a whiteout that is gone": [/"etc\/gone" is missing/, () => rmSync(inTree("etc/gone"))],
  "a directory that is not opaque any more": [
    /"opaque" is not opaque any more/,
    () => runTool("setfattr", ["-x", "trusted.overlay.opaque", inTree("opaque")]).then(() => undefined),
  ],
  "an extended attribute": [
    /the attributes of "etc\/tagged" changed/,
    () => runTool("setfattr", ["-n", "user.tag", "-v", "two", inTree("etc/tagged")]).then(() => undefined),
  ],
  "another name of a file": [/"etc\/more" was added/, () => linkSync(inTree("etc/a"), inTree("etc/more"))],
  "a change of the size": [
    /it has \d+ bytes, and had \d+ when it was unpacked/,
    () => writeFileSync(inTree("etc/a"), "hello, and more than there was before"),
  ],
};

const staging = () => readdirSync(join(root.root, "layers", ".staging"));

for (const [what, [sentence, damage]] of Object.entries(damages)) {
  test(`system check --deep sees ${what} in an unpacked layer, and --repair unpacks that layer again`, async () => {
    await damage();
    const { code, stdout } = await runBrig(["system", "check", "--deep", "--repair"], { root });
    assert.equal(code, 0);
    assert.match(stdout, sentence);
    assert.match(stdout, /^no fault, \d+ repaired$/m); // with what other tests are about to remove
    assertFaultless(await brigOk(["system", "check", "--deep"], { root }));
    assert.deepEqual(staging(), []);
  });
}

test("a check changes nothing, and one that reads nothing takes a layer for what its record says", async () => {
  chmodSync(inTree("etc/empty"), 0o640);
  assertFaultless(await brigOk(["system", "check", "--repair"], { root }));
  const { code, stdout } = await runBrig(["system", "check", "--deep"], { root });
  assert.equal(code, 1);
  assert.match(
    stdout,
    /^fault .*the mode of "etc\/empty" changed\n\s+with --repair brig unpacks it again from its blob$/m,
  );
  assert.match(stdout, /^1 fault$/m);
  assert.equal(statSync(inTree("etc/empty")).mode & 0o777, 0o640);
  assert.deepEqual(staging(), []);
  await brigOk(["system", "check", "--deep", "--repair"], { root });
  const cat = ["run", "--rm", "--network", "none", reference, "busybox", "cat", "/etc/b"];
  assert.equal((await brigOk(cat, { root })).stdout, "hello");
});

test("only the damaged layer is replaced, and none that something runs from", async () => {
  await brigOk(["run", "--name", "made", "--network", "none", reference, "busybox", "touch", "/new"], { root });
  await brigOk(["commit", "made", "second"], { root });
  await brigOk(["rm", "made"], { root });
  const layers = () =>
    readdirSync(join(root.root, "layers"))
      .filter((name) => !name.startsWith("."))
      .map((name) => [name, lstatSync(join(root.root, "layers", name)).ino] as const);
  const before = new Map(layers());
  assert.equal(before.size, 2);
  await startRunning(root, { name: "busy", image: "second", command: ["busybox", "sleep", "100000"] });
  chmodSync(inTree("etc/empty"), 0o640);
  const refused = await runBrig(["system", "check", "--deep", "--repair"], { root });
  assert.equal(refused.code, 1);
  assert.match(refused.stdout, /the mode of "etc\/empty" changed\n\s+stop what runs from it first: busy$/m);
  assert.deepEqual(new Map(layers()), before);
  await removeRunning(root, "busy");
  assert.match((await brigOk(["system", "check", "--deep", "--repair"], { root })).stdout, /^no fault, \d+ repaired$/m);
  const replaced = layers().filter(([name, inode]) => before.get(name) !== inode);
  assert.deepEqual(
    replaced.map(([name]) => name),
    [image.diffId.slice(7)],
  );
  await brigOk(["rmi", "second"], { root });
});

test("without its blob a layer cannot be verified, which is said; a repair fetches it and then sees the damage", async () => {
  const blob = join(root.root, "images/blobs/sha256", image.layerPath.slice(-64));
  renameSync(blob, `${root.root}/aside`);
  chmodSync(inTree("etc/empty"), 0o640);
  const found = await runBrig(["system", "check", "--deep"], { root });
  assert.match(
    found.stdout,
    /^note {6}layer-contents: .*cannot be verified, only its size: its blob "sha256:.*" is not here$/m,
  );
  assert.match(found.stdout, /^1 fault$/m);
  assert.match(
    (await runBrig(["system", "check", "--deep", "--repair"], { root })).stdout,
    /^no fault, \d+ repaired$/m,
  );
  assert.equal(statSync(inTree("etc/empty")).mode & 0o777, 0o644);
});

test("what cannot be unpacked again stays as it is", async () => {
  const blob = join(root.root, "images/blobs/sha256", image.layerPath.slice(-64));
  const bytes = readFileSync(blob);
  writeFileSync(blob, Buffer.concat([bytes.subarray(1), bytes.subarray(0, 1)]));
  writeFileSync(inTree("etc/empty"), "no more");
  await registry.stop();
  const { code, stdout } = await runBrig(["system", "check", "--deep", "--repair"], { root });
  assert.equal(code, 1);
  assert.match(stdout, /layer-contents: [\s\S]*it has \d+ bytes[\s\S]*brig could not repair it: /);
  assert.equal(readFileSync(inTree("etc/empty"), "utf8"), "no more");
  assert.deepEqual(staging(), []);
});
