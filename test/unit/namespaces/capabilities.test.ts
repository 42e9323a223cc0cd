import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  allCapabilities,
  type CapabilityRequest,
  capabilityMask,
  capabilityNames,
  capabilitySets,
  parseCapability,
  resolveCapabilities,
} from "../../../src/namespaces/index.ts";

const everything = 2n ** 41n - 1n;
const defaults =
  "CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_FSETID CAP_KILL CAP_SETGID CAP_SETUID CAP_SETPCAP CAP_NET_BIND_SERVICE " +
  "CAP_SYS_CHROOT CAP_SETFCAP";

function resolve(request: Partial<CapabilityRequest>, available = everything) {
  return resolveCapabilities({ profile: "default", add: [], drop: [], privileged: false, ...request }, available);
}

function names(request: Partial<CapabilityRequest>): string {
  return resolve(request).names.join(" ");
}

describe("capabilities", () => {
  it("have the kernel's numbers", () => {
    assert.equal(allCapabilities.length, 41);
    assert.equal(capabilityMask(["CAP_CHOWN"]), 1n);
    assert.equal(capabilityMask(["CAP_SYS_ADMIN", "CAP_NET_RAW"]), (1n << 21n) | (1n << 13n));
    assert.equal(capabilityMask(["CAP_CHECKPOINT_RESTORE"]), 1n << 40n);
    assert.deepEqual(capabilityNames((1n << 27n) | (1n << 60n)), ["CAP_MKNOD"]);
  });
});

describe("parseCapability()", () => {
  it("accepts names with and without CAP_ in any case, and ALL", () => {
    for (const text of ["NET_ADMIN", "net_admin", "CAP_NET_ADMIN", "Cap_Net_Admin", " net_admin "]) {
      assert.equal(parseCapability(text, "CapAdd"), "CAP_NET_ADMIN");
    }
    for (const text of ["ALL", "all", "CAP_ALL"]) assert.equal(parseCapability(text, "CapDrop"), "ALL");
  });

  it("refuses other words with Docker's sentence and names the nearest right one", () => {
    assert.throws(() => parseCapability("NET_AMDIN", "CapAdd"), {
      code: "invalidValue",
      message: 'invalid CapAdd: unknown capability: "NET_AMDIN"',
      hint: "did you mean CAP_NET_ADMIN?",
    });
    for (const text of ["", "CAP_", "21", "CAP_CAP_CHOWN\0", "__proto__", "x".repeat(1 << 20)]) {
      assert.throws(() => parseCapability(text, "CapDrop"), { code: "invalidValue" }, text.slice(0, 20));
    }
  });
});

describe("resolveCapabilities()", () => {
  it("gives the profiles 11 and Docker's 14", () => {
    assert.equal(names({}), defaults);
    assert.deepEqual(
      resolve({ profile: "docker" }).names.filter((name) => !defaults.includes(name)),
      ["CAP_NET_RAW", "CAP_MKNOD", "CAP_AUDIT_WRITE"],
    );
  });

  it("adds and drops as Docker does, whatever the order", () => {
    assert.equal(names({ drop: ["ALL"] }), "");
    assert.equal(names({ drop: ["ALL"], add: ["CHOWN", "net_raw"] }), "CAP_CHOWN CAP_NET_RAW");
    assert.equal(names({ add: ["CHOWN"], drop: ["CHOWN"] }), defaults);
    assert.equal(names({ drop: ["CAP_CHOWN"] }), defaults.replace("CAP_CHOWN ", ""));
    assert.equal(names({ add: ["NET_ADMIN", "NET_ADMIN"] }).split(" ").length, 12);
    assert.equal(resolve({ add: ["ALL"] }).names.length, 41);
    assert.equal(resolve({ add: ["ALL"], drop: ["ALL"] }).names.length, 41);
    assert.ok(!resolve({ add: ["ALL"], drop: ["SYS_ADMIN"] }).names.includes("CAP_SYS_ADMIN"));
    assert.equal(resolve({ privileged: true, drop: ["ALL"] }).names.length, 41);
  });

  it("leaves out and reports what the kernel or the caller does not have", () => {
    const available = everything & ~capabilityMask(["CAP_SYS_RESOURCE", "CAP_CHOWN", "CAP_CHECKPOINT_RESTORE"]);
    const resolved = resolve({ add: ["SYS_RESOURCE", "SYS_TIME"] }, available);
    assert.deepEqual(resolved.leftOut, ["CAP_CHOWN", "CAP_SYS_RESOURCE"]);
    assert.ok(resolved.names.includes("CAP_SYS_TIME") && !resolved.names.includes("CAP_CHOWN"));
  });

  it("refuses an unknown name even where it would have no effect", () => {
    assert.throws(() => resolve({ privileged: true, drop: ["NOPE"] }), { code: "invalidValue" });
  });
});

describe("capabilitySets()", () => {
  it("never fills the inheritable and ambient sets (V12)", () => {
    const requests: readonly Partial<CapabilityRequest>[] = [
      {},
      { add: ["NET_ADMIN"] },
      { drop: ["ALL"] },
      { privileged: true },
      { profile: "docker" },
    ];
    for (const request of requests) {
      const sets = capabilitySets(resolve(request).names);
      assert.deepEqual([sets.inheritable, sets.ambient], [[], []]);
      assert.deepEqual(sets.bounding, sets.permitted);
      assert.deepEqual(sets.bounding, sets.effective);
    }
  });
});
