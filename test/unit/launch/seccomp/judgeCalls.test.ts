import assert from "node:assert/strict";
import test from "node:test";
import { parseSecurityOptions, planSeccomp } from "../../../../src/launch/index.ts";
import { judgeCalls } from "../../../../src/launch/seccomp/judgeCalls.ts";

test("judgeCalls() says of the default profile what the filter made of it does", () => {
  const seccomp = planSeccomp({
    options: parseSecurityOptions([]),
    privileged: false,
    context: { capabilities: [], arch: "x86_64", kernelRelease: "6.1.0" },
  });
  const verdicts = judgeCalls(seccomp, "x86_64");
  assert.deepEqual(
    ["read", "socket", "clone", "personality", "mount", "clone3", "chroot"].map((name) => verdicts.get(name)),
    ["allowed", "depends", "depends", "depends", "refused", "refused", "refused"],
  );
  assert.equal(judgeCalls(undefined, "x86_64").get("mount"), "allowed");
});

test("judgeCalls() weighs rules with and without arguments, and a profile that lets everything else pass", () => {
  const args = [{ index: 0, value: 1, op: "SCMP_CMP_EQ" }];
  const verdicts = judgeCalls(
    {
      defaultAction: "SCMP_ACT_ALLOW",
      architectures: [],
      syscalls: [
        { names: ["mount"], action: "SCMP_ACT_ERRNO" },
        { names: ["mount", "kill"], action: "SCMP_ACT_ERRNO", args },
        { names: ["read"], action: "SCMP_ACT_LOG" },
      ],
    },
    "x86_64",
  );
  assert.deepEqual(
    ["mount", "kill", "read", "write"].map((name) => verdicts.get(name)),
    ["refused", "depends", "allowed", "allowed"],
  );
});
