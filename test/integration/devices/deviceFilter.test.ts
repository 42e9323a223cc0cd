import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmdirSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "node:test";
import { compileDeviceFilter } from "../../../src/launch/deviceFilter.ts";
import { defaultDeviceRules, normalizeDeviceRules } from "../../../src/launch/deviceRules.ts";
import { deviceTuples } from "../../support/deviceTuples.ts";

const hierarchy = ["/sys/fs/cgroup/cgroup.procs", "/sys/fs/cgroup/unified/cgroup.procs"].find((file) =>
  existsSync(file),
);

/** Opening these has effects beyond the test, or none is there: their answers are left to the emulator. */
const untouched: ReadonlySet<string> = new Set(["c 1:1", "c 1:4", "c 1:11", "c 10:229", "c 10:200", "b 7:0", "b 8:0"]);

let directory = "";
let group = "";

before(() => {
  assert.ok(hierarchy !== undefined, "cgroup v2 must be mounted on /sys/fs/cgroup or /sys/fs/cgroup/unified");
  directory = mkdtempSync(join(tmpdir(), "brig-devices-"));
  group = join(hierarchy, "..", `brig-test-devices-${process.pid}`);
  mkdirSync(group);
  const source = resolve("test/native/device-probe.c");
  execFileSync("gcc", ["-O1", "-Wall", "-Wextra", "-Werror", "-o", join(directory, "probe"), source]);
});

after(() => {
  if (existsSync(group)) rmdirSync(group);
  rmSync(directory, { recursive: true, force: true });
});

describe("the device filter in the kernel", () => {
  it("passes the verifier and answers each use of a device as the rules say", () => {
    const rules = normalizeDeviceRules({
      defaults: defaultDeviceRules,
      devices: [{ type: "b", major: 7, minor: 0, access: "r" }],
      rules: ["c 10:* w"],
    });
    // A use that the filter allows can still fail for want of a driver, so only EPERM counts as its refusal. What it
    // refuses never reaches a driver; what it allows and is untouched is only made, never opened.
    const tuples = deviceTuples.filter(({ use, allowed }) => {
      const device = `${use.type} ${use.major}:${use.minor}`;
      return use.access.length < 3 && !(allowed && untouched.has(device) && use.access !== "m");
    });
    const lines = tuples.map(
      ({ use }, index) => `${use.type} ${use.major} ${use.minor} ${use.access} ${join(directory, `node${index}`)}\n`,
    );
    const hex = Buffer.from(compileDeviceFilter(rules)).toString("hex");
    const output = execFileSync(join(directory, "probe"), [group, hex], { input: lines.join(""), encoding: "utf8" });
    const answers = output.trim().split("\n").map(Number);
    assert.equal(answers.length, tuples.length);
    for (const [index, { use, allowed }] of tuples.entries()) {
      assert.equal(
        answers[index] !== constants.errno.EPERM,
        allowed,
        `${JSON.stringify(use)}: errno ${answers[index]}`,
      );
    }
  });
});
