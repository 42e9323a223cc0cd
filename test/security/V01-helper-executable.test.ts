// @regression V01 CVE-2019-5736
// @wrong A container wrote to the executable of the runtime through /proc/PID/exe.
// @rule R7
// @defence The helper runs from a detached mount that is read-only, and joins as a process that the container may
//   not look into.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { closeSync, openSync, readFileSync, readlinkSync } from "node:fs";
import { basename, join } from "node:path";
import test, { after, before } from "node:test";
import { disposeRoot, runBrig, type TestRoot } from "../support/brig.ts";
import { BrigProcess } from "../support/brigProcess.ts";
import { joinWatchLayout, watchWhile } from "../support/joinWatch.ts";
import { helperPath, projectRoot } from "../support/projectPaths.ts";
import { imageRoot } from "../support/pulledRoot.ts";
import { removeRunning, startRunning } from "../support/runningContainer.ts";

// CVE-2019-5736: the executable of a process that joins a container must not be a file of the host that the container
// could write to, not even when the container makes it run its own executable again.

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await imageRoot(await joinWatchLayout()));
});

after(() => disposeRoot(root));

function digests(): readonly string[] {
  const files = [helperPath, process.execPath, join(projectRoot, "bin/brig"), join(projectRoot, "bin/brig.cjs")];
  return files.map((path) => createHash("sha256").update(readFileSync(path)).digest("hex"));
}

test("V01: a command whose interpreter is /proc/self/exe runs the helper, which nobody in the container can write to", async () => {
  const original = digests();
  let kept = 0;
  // How fast the watcher is depends on who else has work: it gets several tries.
  for (let tries = 0; tries < 8 && kept === 0; tries += 1) {
    const report = await watchWhile({ root, image, name: "watched", flags: ["--userns", "host"] }, async () => {
      for (let round = 0; round < 5; round += 1) {
        const runs = Array.from({ length: 10 }, () => runBrig(["exec", "watched", "/self"], { root }));
        for (const { stdout } of await Promise.all(runs)) assert.equal(stdout, "");
      }
    });
    assert.deepEqual([report.executables, report.writable], [0, 0]);
    kept = report.kept;
  }
  assert.ok(kept > 0, "the watcher was never fast enough");
  assert.deepEqual(digests(), original);
});

test("V01: the executable of what joins lies on a file system that nobody can write to", async () => {
  await startRunning(root, { name: "box", image });
  const brig = new BrigProcess(["exec", "-i", "box", "sh", "-c", "echo ready; read line"], root);
  try {
    await brig.waitForOutput(/ready/);
    const children = readFileSync(`/proc/${brig.pid}/task/${brig.pid}/children`, "utf8").trim().split(" ");
    const [helper = ""] = children;
    assert.equal(readlinkSync(`/proc/${helper}/exe`), `/${basename(helperPath)}`); // of a mount that is mounted nowhere
    const kept = openSync(`/proc/${helper}/exe`, "r");
    try {
      brig.child.stdin.end("go on\n");
      await brig.ended;
      // Nothing runs from it any more, so ETXTBSY does not stand in the way.
      assert.throws(() => openSync(`/proc/self/fd/${kept}`, "r+"), { code: "EROFS" });
    } finally {
      closeSync(kept);
    }
  } finally {
    brig.dispose();
    await removeRunning(root, "box");
  }
});
