import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before } from "node:test";
import { brigOk, disposeRoot, type TestRoot } from "../support/brig.ts";
import { servedBusyboxRoot, timeoutMs } from "../support/busyboxRegistry.ts";
import { machineTest } from "../support/machine.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await servedBusyboxRoot());
});

after(() => disposeRoot(root));

/** A page is long: the failure names only what is not in it. */
function shows(page: string, text: RegExp): void {
  assert.ok(text.test(page), String(text));
}

machineTest(
  "report shows limits, use and pressure of a container's group",
  { controllers: ["memory", "pids"] },
  async () => {
    const settings = { root, timeoutMs };
    const limits = ["-m", "64m", "--pids-limit", "99"];
    await brigOk(["run", "-d", "--name", "small", "--network", "none", ...limits, image, "sleep", "1000"], settings);
    const running = (await brigOk(["report", "small"], settings)).stdout;
    shows(running, /<dd>[\d.]+[KM]iB \/ 64MiB <svg /);
    shows(running, /<title>[^<]+: 1 \/ 99<\/title>/);
    shows(running, /<code>memory\.max<\/code> 67108864/);
    // A kernel can be built without it (the kernel's accounting/psi.rst).
    const counted = existsSync("/proc/pressure/memory");
    shows(running, counted ? /<caption>How much of the time tasks had to wait/ : /does not count the pressure/);
    await brigOk(["kill", "small"], settings);
    await brigOk(["wait", "small"], settings);
    const ended = (await brigOk(["report", "small"], settings)).stdout;
    shows(ended, /Most memory at a time<\/dt><dd>[\d.]+[KM]iB/);
    shows(ended, /Limits that were asked for<\/h3><dl[^>]*><div><dt>Memory<\/dt><dd>64MiB/);
    await brigOk(["rm", "small"], settings);
  },
);
