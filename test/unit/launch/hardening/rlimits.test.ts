import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseHardLimits, parseUlimit, planRlimits } from "../../../../src/launch/hardening.ts";

describe("parseUlimit()", () => {
  it("reads one or two numbers, -1 being unlimited", () => {
    assert.deepEqual(parseUlimit("nofile=1024:2048"), { name: "nofile", soft: 1024, hard: 2048 });
    assert.deepEqual(parseUlimit("nproc=512"), { name: "nproc", soft: 512, hard: 512 });
    assert.deepEqual(parseUlimit("core=-1"), { name: "core", soft: -1, hard: -1 });
    assert.deepEqual(parseUlimit("memlock=5:-1"), { name: "memlock", soft: 5, hard: -1 });
  });

  it("refuses the rest with Docker's sentences", () => {
    const cases: Readonly<Record<string, string>> = {
      nofile: "invalid ulimit argument: nofile",
      "as=1": "invalid ulimit type: as",
      "=1": "invalid ulimit type: ",
      "__proto__=1": "invalid ulimit type: __proto__",
      "nofile=": "invalid ulimit argument: nofile=",
      "nofile=a": "invalid ulimit argument: nofile=a",
      "nofile=1:": "invalid ulimit argument: nofile=1:",
      "nofile=1.5": "invalid ulimit argument: nofile=1.5",
      "nofile=0x10": "invalid ulimit argument: nofile=0x10",
      "nofile=-2": "invalid ulimit argument: nofile=-2",
      "nofile=9999999999999999": "invalid ulimit argument: nofile=9999999999999999",
      "nofile=1:2:3": "too many limit value arguments - 1:2:3, can only have up to two, `soft[:hard]`",
      "nofile=2:1": "ulimit soft limit must be less than or equal to hard limit: 2 > 1",
      "nofile=-1:5": "ulimit soft limit must be less than or equal to hard limit: -1 > 5",
    };
    for (const [text, message] of Object.entries(cases)) {
      assert.throws(() => parseUlimit(text), { code: "invalidValue", message }, text);
    }
    assert.throws(() => parseUlimit(`nofile=${"1:".repeat(1 << 19)}`), { code: "invalidValue" });
  });
});

describe("planRlimits()", () => {
  const hardLimits = new Map([
    ["nofile", 20000],
    ["memlock", -1],
    ["core", -1],
    ["nproc", 100],
  ]);

  it("gives defaults, lowered to what the caller has, and says so", () => {
    const plan = planRlimits({ requested: [], hardLimits, mayRaise: false });
    assert.deepEqual(plan.rlimits, [
      { type: "RLIMIT_NOFILE", soft: 1024, hard: 20000 },
      { type: "RLIMIT_CORE", soft: 0, hard: 0 },
      { type: "RLIMIT_MEMLOCK", soft: 8388608, hard: 8388608 },
    ]);
    assert.deepEqual(plan.notices, ["the limit nofile is 20000 instead of 524288: the caller has no more"]);
    const low = planRlimits({ requested: [], hardLimits: new Map([["nofile", 256]]), mayRaise: false });
    assert.deepEqual(low.rlimits[0], { type: "RLIMIT_NOFILE", soft: 256, hard: 256 });
  });

  it("does not lower anything for a caller who may raise limits", () => {
    const plan = planRlimits({ requested: [parseUlimit("nproc=200")], hardLimits, mayRaise: true });
    assert.deepEqual(plan.notices, []);
    assert.deepEqual(plan.rlimits.at(0), { type: "RLIMIT_NOFILE", soft: 1024, hard: 524288 });
    assert.deepEqual(plan.rlimits.at(-1), { type: "RLIMIT_NPROC", soft: 200, hard: 200 });
  });

  it("lets the last of a name count, in place of the default", () => {
    const requested = ["nofile=10", "nofile=20:30"].map(parseUlimit);
    const { rlimits } = planRlimits({ requested, hardLimits, mayRaise: false });
    assert.deepEqual(
      rlimits.filter(({ type }) => type === "RLIMIT_NOFILE"),
      [{ type: "RLIMIT_NOFILE", soft: 20, hard: 30 }],
    );
  });

  it("refuses a limit that was asked for and cannot be had", () => {
    for (const text of ["nproc=101", "nproc=-1", "nproc=1:-1"]) {
      assert.throws(() => planRlimits({ requested: [parseUlimit(text)], hardLimits, mayRaise: false }), {
        code: "notOffered",
      });
    }
  });
});

describe("parseHardLimits()", () => {
  it("reads the second column of /proc/PID/limits", () => {
    const text = [
      "Limit                     Soft Limit           Hard Limit           Units     ",
      "Max cpu time              unlimited            unlimited            seconds   ",
      "Max processes             63436                63437                processes ",
      "Max open files            1024                 524288               files     ",
      "Max nice priority         0                    0                    ",
      "Max made up               1                    2                    things    ",
      "",
    ].join("\n");
    assert.deepEqual(
      [...parseHardLimits(text)],
      [
        ["cpu", -1],
        ["nproc", 63437],
        ["nofile", 524288],
        ["nice", 0],
      ],
    );
  });
});
