import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EngineError } from "../../../../src/base/index.ts";
import { parseSeccompProfile } from "../../../../src/launch/seccomp/parseProfile.ts";

const context = {
  capabilities: ["CAP_CHOWN", "CAP_SYS_ADMIN"],
  arch: "x86_64",
  kernelRelease: "6.1.0-9-amd64",
} as const;

function parse(document: unknown) {
  return parseSeccompProfile(JSON.stringify(document), context);
}

function namesOf(rules: readonly unknown[]): readonly string[] {
  return parse({ defaultAction: "SCMP_ACT_ERRNO", syscalls: rules }).syscalls.flatMap((rule) => rule.names);
}

const allow = { action: "SCMP_ACT_ALLOW" };

describe("parseSeccompProfile()", () => {
  it("reads Docker's members and drops the circumstances it has weighed", () => {
    const spec = parse({
      defaultAction: "SCMP_ACT_ERRNO",
      defaultErrnoRet: 1,
      archMap: [
        { architecture: "SCMP_ARCH_S390X", subArchitectures: ["SCMP_ARCH_S390"] },
        { architecture: "SCMP_ARCH_X86_64", subArchitectures: ["SCMP_ARCH_X86", "SCMP_ARCH_X32"] },
      ],
      syscalls: [
        { names: ["read"], ...allow, args: [], comment: "", includes: {}, excludes: {} },
        { name: "personality", ...allow, args: [{ index: 0, value: 8, valueTwo: 0, op: "SCMP_CMP_EQ" }] },
        { names: ["clone3"], action: "SCMP_ACT_ERRNO", errnoRet: 38, excludes: { caps: ["CAP_BPF"] } },
      ],
    });
    assert.deepEqual(spec, {
      defaultAction: "SCMP_ACT_ERRNO",
      defaultErrnoRet: 1,
      architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X32", "SCMP_ARCH_X86"],
      syscalls: [
        { names: ["read"], ...allow },
        { names: ["personality"], ...allow, args: [{ index: 0, value: 8, valueTwo: 0, op: "SCMP_CMP_EQ" }] },
        { names: ["clone3"], action: "SCMP_ACT_ERRNO", errnoRet: 38 },
      ],
    });
  });

  it("keeps a rule only where its circumstances hold", () => {
    const rules = [
      { names: ["a1"], ...allow, includes: { caps: ["CAP_SYS_ADMIN"] } },
      { names: ["a2"], ...allow, includes: { caps: ["CAP_SYS_ADMIN", "CAP_BPF"] } },
      { names: ["a3"], ...allow, includes: { arches: ["amd64", "arm64"] } },
      { names: ["a4"], ...allow, includes: { arches: ["s390x"] } },
      { names: ["a5"], ...allow, includes: { minKernel: "4.8" } },
      { names: ["a6"], ...allow, includes: { minKernel: "6.2" } },
      { names: ["a7"], ...allow, excludes: { caps: ["CAP_SYS_ADMIN", "CAP_BPF"] } },
      { names: ["a8"], ...allow, excludes: { arches: ["amd64"] } },
      { names: ["a9"], ...allow, excludes: { minKernel: "6.2" } },
      { names: ["a10"], ...allow, excludes: { minKernel: "6.1" } },
    ];
    assert.deepEqual(namesOf(rules), ["a1", "a3", "a5", "a9"]);
  });

  it("ignores names of system calls that do not exist where they are allowed", () => {
    assert.deepEqual(namesOf([{ names: ["no_such_call"], ...allow }]), ["no_such_call"]);
  });

  it("refuses an unknown name where the profile would take something away by it", () => {
    const parse = (defaultAction: string, rule: object) =>
      parseSeccompProfile(JSON.stringify({ defaultAction, syscalls: [rule] }), context);
    const deny = { action: "SCMP_ACT_ERRNO" };
    assert.throws(() => parse("SCMP_ACT_ALLOW", { names: ["read", "keyclt"], ...deny }), {
      code: "invalidConfig",
      message: 'seccomp profile: "syscalls[0]" names the unknown system call "keyclt"',
      hint: "did you mean keyctl?",
    });
    for (const name of ["keyctl", "riscv_flush_icache", "socketcall"])
      parse("SCMP_ACT_LOG", { names: [name], ...deny });
    parse("SCMP_ACT_ERRNO", { names: ["keyclt"], action: "SCMP_ACT_KILL" });
    for (const circumstances of [{ includes: { caps: ["CAP_SYS_ADMN"] } }, { excludes: { caps: ["SYS_ADMIN"] } }]) {
      assert.throws(() => parse("SCMP_ACT_ERRNO", { names: ["read"], ...allow, ...circumstances }), {
        code: "invalidConfig",
        message: /^seccomp profile: "syscalls\[0\]" names the unknown capability "(CAP_)?SYS_ADMI?N"$/,
        hint: "did you mean CAP_SYS_ADMIN?",
      });
    }
  });

  const rule = (members: object) => ({
    defaultAction: "SCMP_ACT_ERRNO",
    syscalls: [{ names: ["read"], ...allow, ...members }],
  });
  const malformed: readonly (readonly [name: string, document: unknown, message: RegExp])[] = [
    ["a list", [], /"" is a list where an object/],
    ["no default", { syscalls: [] }, /has no "defaultAction"/],
    ["a number as default", { defaultAction: 1 }, /"defaultAction" is a number/],
    ["an unknown default", { defaultAction: "ALLOW" }, /"defaultAction" has the unknown action "ALLOW"/],
    ["an errno beyond the kernel's", { defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 4096 }, /errno "4096"/],
    ["a negative errno", { defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: -1 }, /"defaultErrnoRet" is a number/],
    ["syscalls that are no list", { defaultAction: "SCMP_ACT_ALLOW", syscalls: {} }, /"syscalls" is an object/],
    [
      "a rule that is no object",
      { defaultAction: "SCMP_ACT_ALLOW", syscalls: ["read"] },
      /"syscalls\[0\]" is a string/,
    ],
    ["a rule without action", rule({ action: undefined }), /"syscalls\[0\]\.action" is missing/],
    ["an unknown action", rule({ action: "SCMP_ACT_MAYBE" }), /"syscalls\[0\]\.action" has the unknown action/],
    ["a listener", rule({ action: "SCMP_ACT_NOTIFY" }), /unknown action "SCMP_ACT_NOTIFY"/],
    [
      "an action in a rule that does not apply",
      rule({ action: "X", includes: { arches: ["s390x"] } }),
      /unknown action/,
    ],
    ["both name and names", rule({ name: "write" }), /both "name" and "names"/],
    ["a name that is a number", rule({ names: [3] }), /"syscalls\[0\]\.names\[0\]" is a number/],
    ["an argument without op", rule({ args: [{ index: 0, value: 1 }] }), /"syscalls\[0\]\.args\[0\]\.op" is missing/],
    ["an unknown op", rule({ args: [{ index: 0, value: 1, op: "EQ" }] }), /"syscalls\[0\]\.args\[0\]\.op" is unknown/],
    ["a seventh argument", rule({ args: [{ index: 6, value: 1, op: "SCMP_CMP_EQ" }] }), /index" is "6"/],
    [
      "a value that lost digits",
      rule({ args: [{ index: 0, value: 2 ** 60, op: "SCMP_CMP_EQ" }] }),
      /args\[0\]\.value"/,
    ],
    ["a fraction", rule({ args: [{ index: 0, value: 0.5, op: "SCMP_CMP_EQ" }] }), /args\[0\]\.value"/],
    [
      "an unknown architecture",
      { defaultAction: "SCMP_ACT_ALLOW", architectures: ["Z80"] },
      /"architectures\[0\]" is unknown/,
    ],
    [
      "two lists of architectures",
      {
        defaultAction: "SCMP_ACT_ALLOW",
        architectures: ["SCMP_ARCH_X86"],
        archMap: [{ architecture: "SCMP_ARCH_X86" }],
      },
      /both "architectures" and "archMap"/,
    ],
    ["an unknown flag", { defaultAction: "SCMP_ACT_ALLOW", flags: ["FAST"] }, /"flags\[0\]" is not supported/],
  ];
  for (const [name, document, message] of malformed) {
    it(`refuses ${name} and names the member`, () => {
      assert.throws(
        () => parse(document),
        (error) => error instanceof EngineError && error.code === "invalidConfig" && message.test(error.message),
      );
    });
  }

  it("refuses what is not JSON or too long", () => {
    for (const text of ["", "{", "unconfined", `"${"x".repeat(1024 * 1024)}"`]) {
      assert.throws(() => parseSeccompProfile(text, context), { code: "invalidConfig" });
    }
  });

  it("leaves no trace of members like __proto__", () => {
    const text = '{"defaultAction":"SCMP_ACT_ALLOW","__proto__":{"syscalls":[{"names":["read"],"action":"X"}]}}';
    assert.deepEqual(parseSeccompProfile(text, context).syscalls, []);
    assert.equal(Object.hasOwn(Object.prototype, "syscalls"), false);
  });
});
