// @regression V39 devices in layers
// @wrong A layer brought a node for the host's disk.
// @defence The root is mounted without devices, and the device filter of the group allows what /dev shows.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { brigOk, createRoot, disposeRoot, runBrig, type TestRoot } from "../support/brig.ts";
import { handArchive } from "../support/handTar.ts";

const nodes = [
  { name: "disk", type: "4", major: 8, minor: 0 },
  { name: "mem", type: "3", major: 1, minor: 1 },
  { name: "fuse", type: "3", major: 10, minor: 229 },
] as const;

let root: TestRoot;

before(async () => {
  root = createRoot();
  const archive = handArchive([
    { name: "bin/", type: "5", mode: 0o755 },
    { name: "bin/busybox", content: readFileSync("/bin/busybox"), mode: 0o755 },
    ...nodes.map((node) => ({ ...node, mode: 0o666 })),
  ]);
  await brigOk(["import", "-", "nodes"], { root, stdin: archive });
});
after(() => disposeRoot(root));

for (const { name, major, minor } of nodes) {
  for (const flags of [[], ["--userns=host"]]) {
    test(`V39: the node ${major}:${minor} of an image opens nothing ${flags.join(" ")}`, async () => {
      const dd = ["/bin/busybox", "dd", `if=/${name}`, "count=0"];
      const ran = await runBrig(["run", "--rm", "--network", "none", ...flags, "nodes", ...dd], { root });
      assert.equal(ran.code, 1, ran.stderr);
      assert.match(ran.stderr, new RegExp(`can't open '/${name}': (Permission denied|Operation not permitted)`));
    });
  }
}
