import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { keepUnit } from "../../../../src/container/lifecycle/keepUnit.ts";
import { unitHierarchy } from "../../../support/unitHierarchy.ts";

const find = (name: string) => `/bin/${name}`;

test("keepUnit() asks nobody where the keeper of the unit is there", async (t) => {
  const { unit, write } = unitHierarchy(t);
  write("keeper/cgroup.procs", "7\n");
  assert.equal(await keepUnit(unit, { find, run: () => assert.fail("it asked") }), true);
});

test("keepUnit() asks systemd, and moves the keeper out of the way of controllers", async (t) => {
  const { unit, write } = unitHierarchy(t);
  const asked: string[] = [];
  const run = (program: string, args: readonly string[]) => {
    asked.push(`${program} ${args[1] ?? ""}`);
    write("cgroup.procs", "7\n");
    return Promise.resolve(true);
  };
  assert.equal(await keepUnit(unit, { find, run }), true);
  assert.deepEqual(asked, ["/bin/systemd-run --unit=brig.service"]);
  assert.equal(readFileSync(join(unit.directory, "keeper/cgroup.procs"), "utf8"), "7");
});

test("keepUnit() waits for the unit that somebody else has asked for", async (t) => {
  const { unit, write } = unitHierarchy(t);
  const run = (program: string, args: readonly string[]) => {
    if (program === "/bin/systemd-run") return Promise.resolve(false);
    assert.deepEqual([program, ...args], ["/bin/systemctl", "start", "brig.service"]);
    write("keeper/cgroup.procs", "7\n");
    return Promise.resolve(true);
  };
  assert.equal(await keepUnit(unit, { find, run }), true);
});

test("keepUnit() says so when systemd gives nothing or cannot be asked", async (t) => {
  const { unit } = unitHierarchy(t);
  assert.equal(await keepUnit(unit, { find, run: () => Promise.resolve(false) }), false);
  assert.equal(await keepUnit(unit, { find: () => undefined, run: () => assert.fail("it asked") }), false);
});
