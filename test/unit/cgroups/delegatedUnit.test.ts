import assert from "node:assert/strict";
import { test } from "node:test";
import { checkUnit, seeUnit } from "../../../src/cgroups/checkUnit.ts";
import { unitArguments, withoutUnit } from "../../../src/cgroups/delegatedUnit.ts";
import { planCgroup } from "../../../src/cgroups/index.ts";
import { english } from "../../../src/messages/doctor/english.ts";
import { unitHierarchy } from "../../support/unitHierarchy.ts";
import { pureHost, systemdHost } from "./hosts.ts";

test("unitArguments() takes from the unit what would limit, end or hold back containers", () => {
  const words = unitArguments({ name: "brig-in-a.service", slice: "a.slice" }, "/bin/sleep");
  assert.deepEqual(words.slice(-3), ["--", "/bin/sleep", "infinity"]);
  for (const word of ["--slice=a.slice", "--property=Delegate=yes", "--property=TasksMax=infinity"]) {
    assert.ok(words.includes(word), word);
  }
});

test("withoutUnit() has every group above the container's hand down what it needs", () => {
  const plan = planCgroup({ id: "c1", resources: { devices: [] }, facts: { cgroup: systemdHost } });
  assert.ok(plan !== undefined);
  assert.deepEqual(
    withoutUnit(plan).parents.map(({ enable }) => enable.join(" ")),
    Array(4).fill("cpu io memory pids"),
  );
});

test("seeUnit() tells the unit from a group that was made without it", (t) => {
  const { mountPoint, write } = unitHierarchy(t);
  const host = { ...systemdHost, mountPoint };
  assert.equal(seeUnit(pureHost), undefined);
  write("cgroup.procs", "");
  assert.equal(seeUnit(host), "unheld");
  write("keeper/cgroup.procs", "7\n");
  assert.equal(seeUnit(host), "kept");
});

test("checkUnit() warns of groups that systemd does not know, with advice", () => {
  const outcome = (sight: Parameters<typeof checkUnit>[0]) => {
    const { status, advice } = checkUnit(sight, english.delegation);
    assert.equal(advice === "", status === "ok");
    return status;
  };
  const sights = ["kept", "absent", "unheld", "cannot be asked"] as const;
  assert.deepEqual(sights.map(outcome), ["ok", "ok", "warn", "warn"]);
});
