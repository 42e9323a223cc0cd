import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { allowsEveryDevice, compileDeviceFilter } from "../../../src/launch/deviceFilter.ts";
import {
  defaultDeviceRules,
  forbidAllDevices,
  normalizeDeviceRules,
  parseDeviceCgroupRule,
} from "../../../src/launch/deviceRules.ts";
import type { SpecDeviceRule } from "../../../src/oci/index.ts";
import { deviceTuples } from "../../support/deviceTuples.ts";
import { type DeviceUse, emulateDeviceFilter } from "../../support/emulateDeviceFilter.ts";
import { createRandom } from "../../support/random.ts";

function normalize(rules: readonly string[], defaults: readonly SpecDeviceRule[] = []) {
  return normalizeDeviceRules({ defaults, devices: [], rules });
}

function shown({ type, major, minor, access }: SpecDeviceRule): string {
  return `${type} ${major ?? "*"}:${minor ?? "*"} ${access}`;
}

describe("parseDeviceCgroupRule()", () => {
  it("reads type, numbers and access", () => {
    assert.deepEqual(parseDeviceCgroupRule("c 10:200 rwm"), {
      allow: true,
      type: "c",
      major: 10,
      minor: 200,
      access: "rwm",
    });
    assert.deepEqual(parseDeviceCgroupRule("b *:* r"), { allow: true, type: "b", access: "r" });
  });

  it("refuses everything else with Docker's sentence", () => {
    const bad = [
      "",
      "c",
      "c 1:3",
      "c 1:3 x",
      "d 1:3 r",
      "c 1 r",
      "c 1:3  r",
      " c 1:3 r",
      "c -1:3 r",
      "c 1:3 rwmr",
      "c 4096:0 r",
    ];
    for (const text of [...bad, "c 0:1048576 r", "c 1:3 r\n", "C 1:3 r", "c 99999999999:1 r", "c 1:".repeat(1 << 18)]) {
      const message = `invalid device cgroup format '${JSON.stringify(text.slice(0, 64)).slice(1, -1)}'`;
      assert.throws(() => parseDeviceCgroupRule(text), { code: "invalidValue", message });
    }
  });
});

describe("normalizeDeviceRules()", () => {
  it("makes one rule of those for the same device and drops what a wider one includes", () => {
    const rules = normalize(["c 1:3 m", "c 1:3 r", "b 8:0 r", "b 8:* rw", "b 8:1 m", "c 1:3 wr"]);
    assert.deepEqual(rules.map(shown), ["c 1:3 rwm", "b 8:* rw", "b 8:1 m"]);
    assert.deepEqual(normalize(["a *:* rwm"], defaultDeviceRules).map(shown), ["a *:* rwm"]);
  });

  it("adds the devices of --device with their access", () => {
    const rules = normalizeDeviceRules({
      defaults: defaultDeviceRules,
      devices: [{ type: "c", major: 10, minor: 229, access: "mr" }],
      rules: [],
    });
    assert.equal(rules.map(shown).at(-1), "c 10:229 rm");
  });

  it("has defaults without making device nodes in general and without tun", () => {
    const rules = normalize([], defaultDeviceRules).map(shown);
    const memory = [3, 5, 7, 8, 9].map((minor) => `c 1:${minor} rwm`);
    assert.deepEqual(rules, [...memory, "c 5:0 rwm", "c 5:1 rwm", "c 5:2 rwm", "c 136:* rwm"]);
  });
});

describe("compileDeviceFilter()", () => {
  it("writes these bytes for one rule", () => {
    const program = compileDeviceFilter([forbidAllDevices, parseDeviceCgroupRule("c 1:3 rw")]);
    const lines = Buffer.from(program).toString("hex").match(/.{16}/g);
    assert.deepEqual(lines, [
      "6112000000000000", // r2 = access_type
      "54020000ffff0000", // r2 &= 0xffff
      "6113000000000000", // r3 = access_type
      "7403000010000000", // r3 >>= 16
      "6114040000000000", // r4 = major
      "6115080000000000", // r5 = minor
      "5502070002000000", // if r2 != 2 (character) goto +7
      "5504060001000000", // if r4 != 1 goto +6
      "5505050003000000", // if r5 != 3 goto +5
      "bc31000000000000", // r1 = r3
      "5401000001000000", // r1 &= 1 (mknod)
      "5501020000000000", // if r1 != 0 goto +2
      "b700000001000000", // r0 = 1
      "9500000000000000", // exit
      "b700000000000000", // r0 = 0
      "9500000000000000", // exit
    ]);
  });

  it("answers 40 uses of devices as the rules say", () => {
    assert.ok(deviceTuples.length >= 40, String(deviceTuples.length));
    const rules = normalizeDeviceRules({
      defaults: defaultDeviceRules,
      devices: [{ type: "b", major: 7, minor: 0, access: "r" }],
      rules: ["c 10:* w"],
    });
    const program = compileDeviceFilter(rules);
    for (const { use, allowed } of deviceTuples) {
      assert.equal(emulateDeviceFilter(program, use), allowed ? 1 : 0, JSON.stringify(use));
    }
  });

  it("agrees with the rules on random lists", () => {
    const random = createRandom(5);
    const number = () => ["*", "0", "1", "4095"][random(4)] ?? "*";
    const accesses = ["r", "w", "m", "rw", "rm", "wm", "rwm"];
    for (let round = 0; round < 300; round += 1) {
      const texts = Array.from(
        { length: random(6) },
        () => `${"abc"[random(3)]} ${number()}:${number()} ${accesses[random(7)]}`,
      );
      const rules = normalize(texts);
      const program = compileDeviceFilter(rules);
      for (let sample = 0; sample < 40; sample += 1) {
        const use: DeviceUse = {
          type: random(2) === 0 ? "b" : "c",
          major: [0, 1, 2, 4095][random(4)] ?? 0,
          minor: [0, 1, 2, 4095][random(4)] ?? 0,
          access: accesses[random(7)] ?? "r",
        };
        const allowed = rules.some(
          (rule) =>
            (rule.type === "a" || rule.type === use.type) &&
            (rule.major ?? use.major) === use.major &&
            (rule.minor ?? use.minor) === use.minor &&
            [...use.access].every((letter) => rule.access.includes(letter)),
        );
        assert.equal(emulateDeviceFilter(program, use), allowed ? 1 : 0, JSON.stringify({ texts, use }));
      }
    }
  });

  it("allows nothing without rules and everything with the widest one", () => {
    const use: DeviceUse = { type: "b", major: 8, minor: 0, access: "rwm" };
    assert.equal(emulateDeviceFilter(compileDeviceFilter([]), use), 0);
    assert.equal(emulateDeviceFilter(compileDeviceFilter(normalize(["a *:* rwm"])), use), 1);
    assert.equal(allowsEveryDevice(normalize(["b *:* r", "a *:* rwm"])), true);
    assert.equal(allowsEveryDevice([forbidAllDevices, ...defaultDeviceRules]), false);
  });

  it("refuses a rule that forbids after one has allowed", () => {
    const holes = [...defaultDeviceRules, { allow: false, type: "c", major: 1, minor: 8, access: "r" } as const];
    assert.throws(() => compileDeviceFilter(holes), { code: "invalidConfig" });
  });
});
