import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { probeHost } from "../../../src/host/index.ts";
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

test("probeHost() learns from the helper what containers stand on", () => {
  const { features } = probeHost(pathsBelow("a"));
  for (const name of ["overlay", "idmap", "overlayIdmap", "userNamespace"] as const) {
    assert.equal(features?.[name], true, name);
  }
});

test("probeHost() leaves nothing behind but its cache, which only root can read", () => {
  const mounts = readFileSync("/proc/self/mountinfo", "utf8");
  const { cgroup } = probeHost(pathsBelow("b"));
  assert.deepEqual(readdirSync(join(directory, "b")), ["run"]);
  assert.deepEqual(readdirSync(join(directory, "b", "run")), ["host.json"]);
  assert.deepEqual(
    readdirSync(directory).filter((name) => name.startsWith(".probe")),
    [],
  );
  assert.equal(readFileSync("/proc/self/mountinfo", "utf8"), mounts);
  const groups = cgroup.mountPoint === undefined ? [] : readdirSync(cgroup.mountPoint);
  assert.deepEqual(
    groups.filter((name) => name.startsWith("brig-probe")),
    [],
  );
});

test("probeHost() asks the kernel once and remembers the answers of this boot", () => {
  const paths = pathsBelow("c");
  const first = probeHost(paths);
  const cache = join(paths.runRoot, "host.json");
  const text = readFileSync(cache, "utf8");
  assert.deepEqual(probeHost(paths).features, first.features);
  assert.ok(text.includes(first.bootId));
  rmSync(cache);
  probeHost(paths);
  assert.equal(readFileSync(cache, "utf8"), text);
});

test("the helper's probe refuses a directory that it cannot write to", () => {
  const missing = join(directory, "missing");
  const { status, stderr, stdout } = spawnSync(helperPath, ["probe", missing, "-"], { encoding: "utf8" });
  assert.equal(status, 1);
  assert.match(stderr, /cannot make a directory in ".*missing": No such file or directory/);
  assert.equal(stdout, "");
  assert.equal(existsSync(missing), false);
});
