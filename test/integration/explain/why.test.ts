import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";
import { removeRunning } from "../../support/runningContainer.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
  const mounts = ["-v", "kept:/data:ro", "-v", "/etc:/host"];
  await brigOk(["run", "-d", "--name", "user", "--network", "none", ...mounts, image, "sleep", "1000"], { root });
});

after(async () => {
  await removeRunning(root, "user");
  disposeRoot(root);
});

const why = async (...args: readonly string[]) => (await brigOk(["why", ...args], { root })).stdout;
const refused = (...args: readonly string[]) => runBrig(args, { root });

test("why image says what rmi would, who uses the image, and where its size comes from", async () => {
  const { stderr } = await refused("rmi", image);
  const reason = /^brig: (.*)$/m.exec(stderr)?.[1] ?? "";
  assert.match(reason, /^conflict: unable to remove repository reference/);
  const [first, ...more] = (await why("image", image)).split("\n");
  assert.equal(first, `${image}:latest: it cannot be removed: ${reason}`);
  assert.ok(more.includes("  container user runs from it"), more.join("\n"));
  assert.match(more.join("\n"), /^ {2}it takes [\d.]+MB in 1 layer, [\d.]+MB packed$/m);
  assert.match(more.join("\n"), /^ {2}layer 1 of 1 takes [\d.]+MB/m);

  await brigOk(["tag", image, "another:1"], { root });
  assert.match(await why("image", "another:1"), /^\S+: it can be removed, and only a name goes with it\n/);
  await brigOk(["rmi", "another:1"], { root });
  assert.match((await refused("why", "image", "nothing")).stderr, /^brig: No such image: nothing\n/);
});

test("why mount says what shows a path, where it comes from, and which step made it", async () => {
  const below = await why("mount", "/data/some/file", "user");
  assert.match(below, /^\/data\/some\/file in user: it is below \/data, which is \S+ \S+ \S+\/kept\/_data ro,/);
  assert.match(
    below,
    /^ {2}the volume kept was asked for there, read-only; its files are in \S+\/volumes\/kept\/_data$/m,
  );
  assert.match(below, /^ {2}step mnt\.\/data of its start, by .*move_mount: shows /m);
  assert.match(await why("mount", "/host", "user"), /^ {2}the host's \/etc was asked for there, writable$/m);
  assert.match(await why("mount", "/proc/timer_list", "user"), /^ {2}step mask\.\/proc\/timer_list of its start/m);
  assert.match(
    await why("mount", "/bin/sh", "user"),
    /^\/bin\/sh in user: it is below \/, which is overlay .*\n.*\/upper$/m,
  );
  const document = JSON.parse(await why("-f", "json", "mount", "/host/", "user")) as Record<string, unknown>;
  assert.deepEqual(Object.keys(document), ["Name", "Why", "More", "Hint"]);
  assert.equal(document.Name, "/host in user");
  assert.match((await refused("why", "mount", "data", "user")).stderr, /"data" is no absolute path in a container/);
  assert.match((await refused("why", "mount", "/data")).stderr, /takes a path and a container/);
});

test("why space says what takes it and how much can be had back", async () => {
  await brigOk(["exec", "user", "dd", "if=/dev/zero", "of=/large", "bs=1M", "count=7"], { root });
  const space = await why("space");
  assert.match(
    space,
    /^\/\S+\/root: [\d.]+MB are in use: 1 image [\d.]+MB, what 1 container wrote 7\.\d+MB, 1 volume 0B\n/,
  );
  assert.match(space, /^ {2}7\.\d+MB: what the container user wrote; it is running$/m);
  assert.match(space, /^ {2}[\d.]+MB: the image \S+; used by 1 container$/m);
  assert.match(space, /can be had back: it is not in use|nothing of it can go/);
});
