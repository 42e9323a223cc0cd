import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import test from "node:test";
import { brigOk, runBrig, type TestRoot } from "../../support/brig.ts";
import { serveBusybox, timeoutMs } from "../../support/busyboxRegistry.ts";
import { startRunning } from "../../support/runningContainer.ts";

/** On the disk that outlives the boot; the run-time root is where every boot finds nothing. */
const root: TestRoot = {
  directory: "/disk/reboot",
  root: "/disk/reboot/root",
  runRoot: "/run/brig-reboot",
  home: "/disk/reboot",
};

const out = async (...words: readonly string[]): Promise<string> => (await brigOk(words, { root, timeoutMs })).stdout;

if (process.env.BRIG_VM_BOOT === "1") {
  test("before the reboot: containers of every policy run, and the machine is switched off under them", async () => {
    mkdirSync(root.directory);
    const registry = await serveBusybox(root.directory);
    const { image } = registry;
    await out("pull", "-q", image);
    registry.close();
    for (const policy of ["always", "unless-stopped", "on-failure", "no"]) {
      await startRunning(root, { name: policy, image, flags: ["--restart", policy] });
    }
    await startRunning(root, { name: "stopped", image, flags: ["--restart", "unless-stopped"] });
    await out("stop", "-t", "0", "stopped");
    await startRunning(root, { name: "removed", image, flags: ["--rm", "-v", "/data"] });
    await out("exec", "always", "sh", "-c", "echo kept >/tmp/kept");
    assert.equal(await out("ps", "-q").then((ids) => ids.trim().split("\n").length), 5);
  });
}

if (process.env.BRIG_VM_BOOT === "2") {
  test("after the reboot: everything is said to have ended with the machine, and system boot starts what must come back", async () => {
    assert.equal(await out("ps", "-q"), "");
    assert.equal(await out("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", "no"), "exited 137\n");
    assert.match(await out("why", "no"), /ended with the machine/);
    const booted = await runBrig(["system", "boot"], { root, timeoutMs });
    assert.deepEqual([booted.code, booted.stdout, booted.stderr], [0, "always\nunless-stopped\non-failure\n", ""]);
    const states = await out("ps", "-a", "--format", "{{.Names}} {{.State}}");
    assert.deepEqual(states.trim().split("\n").sort(), [
      "always running",
      "no exited",
      "on-failure running",
      "stopped exited",
      "unless-stopped running",
    ]);
    assert.equal(await out("exec", "always", "cat", "/tmp/kept"), "kept\n");
    assert.equal(await out("volume", "ls", "-q"), "");
    assert.equal(await out("system", "boot"), "");
    await out("system", "check");
    await out("rm", "-f", "always", "no", "on-failure", "stopped", "unless-stopped");
  });
}
