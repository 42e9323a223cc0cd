import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { brigOk, disposeRoot, type TestRoot } from "../../support/brig.ts";
import { busyboxLayout, multiLayerLayout } from "../../support/fixtures.ts";
import { runTool } from "../../support/programs.ts";
import { pulledRoot } from "../../support/pulledRoot.ts";

let root: TestRoot;
let busybox: string;
let images: string;

before(async () => {
  const pulled = await pulledRoot({ busybox: { layout: await busyboxLayout(), tag: "latest" } });
  root = pulled.root;
  busybox = pulled.reference("busybox");
  images = join(root.root, "images");
});

after(() => disposeRoot(root));

const net = ["--network", "none", "--ulimit", "nofile=1024:1024"];
const runIn = async (image: string, ...command: readonly string[]) =>
  (await brigOk(["run", "--rm", ...net, image, ...command], { root })).stdout;
const copy = (from: string, to: string) => runTool("skopeo", ["--insecure-policy", "copy", "-q", from, to]);

test("an image that skopeo copied into the store is listed, runs, is explained and goes", async () => {
  await copy(`oci:${await multiLayerLayout()}:latest`, `oci:${images}:copied:1`);
  const listed = (await brigOk(["images", "--format", "{{.Repository}}:{{.Tag}}"], { root })).stdout;
  assert.deepEqual(listed.trimEnd().split("\n").sort(), [`${busybox}:latest`, "copied:1"].sort());
  assert.match((await brigOk(["image", "tree", "copied:1"], { root })).stdout, /not unpacked/);
  const planned = await brigOk(["plan", "run", ...net, "copied:1"], { root });
  assert.match(planned.stderr, /^WARNING: the image is not unpacked yet/m);
  assert.match(await runIn("copied:1", "ls", "/data/kept"), /one/);
  const treesIn = (text: string) => text.match(/layers\/[0-9a-f]{64}\/tree/g);
  const { stdout, stderr } = await brigOk(["plan", "run", ...net, "copied:1"], { root });
  assert.doesNotMatch(stderr, /unpacked/);
  assert.equal(treesIn(stdout)?.length, 3);
  assert.deepEqual(treesIn(planned.stdout), treesIn(stdout));
  assert.match((await brigOk(["image", "explain", "copied:1"], { root })).stdout, /^layer 3\/3 /m);
  assert.match((await brigOk(["system", "check", "--deep"], { root })).stdout, /^no fault$/m);
  assert.match((await brigOk(["image", "prune", "-a", "-f"], { root })).stdout, /untagged: copied:1\n/);
});

test("what brig wrote and what umoci and skopeo write beside it live in one layout", async () => {
  await copy(`oci:${await busyboxLayout()}:latest`, `oci:${images}:theirs`);
  await runTool("umoci", ["tag", "--image", `${images}:theirs`, "theirs-too"]);
  await runTool("umoci", ["config", "--image", `${images}:theirs`, "--config.env", "FROM=umoci"]);
  assert.equal(await runIn("theirs", "sh", "-c", "echo $FROM"), "umoci\n");
  await brigOk(["create", "--name", "mine", ...net, "theirs-too"], { root });
  await brigOk(["commit", "-c", "ENV FROM=brig", "mine", "ours:1"], { root });
  await brigOk(["rm", "mine"], { root });
  const bundle = join(root.directory, "bundle");
  await runTool("umoci", ["unpack", "--image", `${images}:docker.io/library/ours:1`, bundle]);
  assert.ok(existsSync(join(bundle, "rootfs/bin/busybox")));
  await copy(`oci:${images}:docker.io/library/ours:1`, `oci:${join(root.directory, "out")}:ours`);
  assert.match(await runTool("umoci", ["ls", "--layout", images]), /theirs-too/);
  await runTool("umoci", ["gc", "--layout", images]);
  assert.equal(await runIn("ours:1", "sh", "-c", "echo $FROM"), "brig\n");
  assert.match((await brigOk(["system", "check", "--deep"], { root })).stdout, /^no fault$/m);
});
