import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { probeHost } from "../../../src/host/index.ts";
import { probeFeatures } from "../../../src/launch/index.ts";
import { helperPath, testDirectory } from "../../support/projectPaths.ts";

let directory: string;

before(() => {
  directory = mkdtempSync(join(testDirectory(), "h-"));
});

after(() => rmSync(directory, { recursive: true, force: true }));

const pathsBelow = (name: string) => ({
  dataRoot: join(directory, name, "data"),
  runRoot: join(directory, name, "run"),
  helperPath,
});

test("probeFeatures() learns from a launch without a program what containers stand on", async () => {
  const features = await probeFeatures(probeHost(pathsBelow("a")));
  for (const name of ["overlay", "idmap", "overlayIdmap", "userNamespace"] as const) {
    assert.equal(features[name], true, name);
  }
});

test("probeFeatures() leaves nothing behind", async () => {
  const mounts = readFileSync("/proc/self/mountinfo", "utf8");
  const host = probeHost(pathsBelow("b"));
  await probeFeatures(host);
  assert.deepEqual(
    readdirSync(directory).filter((name) => name.startsWith(".probe")),
    [],
  );
  assert.equal(readFileSync("/proc/self/mountinfo", "utf8"), mounts);
  const groups = host.cgroup.mountPoint === undefined ? [] : readdirSync(host.cgroup.mountPoint);
  assert.deepEqual(
    groups.filter((name) => name.startsWith("brig-probe")),
    [],
  );
});

test("probeFeatures() goes on without what the kernel refuses", async () => {
  const host = probeHost(pathsBelow("c"));
  const features = await probeFeatures({ ...host, cgroup: { ...host.cgroup, mountPoint: "/proc" } });
  assert.equal(features.deviceFilter, "ENOENT");
  assert.equal(features.overlayIdmap, true);
});
