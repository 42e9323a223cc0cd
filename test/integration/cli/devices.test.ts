import assert from "node:assert/strict";
import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { runTool } from "../../support/programs.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";

let root: TestRoot;
let image: string;
let device: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
  device = join(root.directory, "null");
  await runTool("/usr/bin/mknod", [device, "c", "1", "3"]);
  await brigOk(["create", "--name", "box", "--network", "none", image, "true"], { root });
});

after(() => disposeRoot(root));

/** What is put in the place of a device takes it away from every program of the host: /dev/null is a name like others. */
for (const [words, sentence] of [
  [["save", "-o", "DEVICE", "IMAGE"], /^brig: cannot write to "\S+": it is a character device, and would be replaced /],
  [["export", "-o", "DEVICE", "box"], /^brig: cannot write to "\S+": it is a character device, and would be replaced /],
  [["report", "box", "-o", "DEVICE"], /^brig: cannot write to "\S+": it is a character device, and would be replaced /],
  [["cp", "box:/bin/busybox", "DEVICE"], /^brig: invalid output path: "\S+" must be a directory or a regular file\n/],
  [["create", "--pidfile", "DEVICE", "IMAGE"], /^brig: cannot write the pid file "\S+": it is a character device\n/],
  [["create", "--cidfile", "DEVICE", "IMAGE"], /container ID file found/],
] as const) {
  test(`${words[0]} ${words[1]} replaces no device`, async () => {
    const before = readdirSync(root.directory);
    const args = words.map((word) => word.replace("DEVICE", device).replace("IMAGE", image));
    const refused = await runBrig(args, { root });
    assert.notEqual(refused.code, 0);
    assert.match(refused.stderr, sentence);
    assert.ok(lstatSync(device).isCharacterDevice());
    assert.deepEqual(readdirSync(root.directory), before, "nothing half-made is left");
  });
}
