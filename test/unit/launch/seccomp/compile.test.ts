import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { describeVerdict } from "../../../../src/launch/seccomp/actions.ts";
import { abiFacts, x32Bit } from "../../../../src/launch/seccomp/architectures.ts";
import { compileSeccomp } from "../../../../src/launch/seccomp/compile.ts";
import { simulate } from "../../../../src/launch/seccomp/simulate.ts";
import { type SyscallArch, syscallNumbers } from "../../../../src/launch/seccomp/syscallTables.ts";
import { verifyProgram } from "../../../../src/launch/seccomp/verifyProgram.ts";
import type { SpecSeccomp, SpecSeccompArg } from "../../../../src/oci/index.ts";
import { createRandom } from "../../../support/random.ts";

const everyAbi = ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"];

function call(abi: SyscallArch, name: string, ...args: readonly bigint[]) {
  const number = syscallNumbers(abi).get(name);
  assert.ok(number !== undefined, name);
  return { arch: abiFacts[abi].audit, nr: abiFacts[abi].numberBase + number, args };
}

function answer(program: Uint8Array, asked: ReturnType<typeof call>): string {
  return describeVerdict(simulate(program, asked).verdict);
}

/** One condition by the letter of seccomp_rule_add(3), without any BPF. */
function holds({ index, op, value, valueTwo = 0 }: SpecSeccompArg, args: readonly bigint[], narrow: boolean): boolean {
  const cut = (number: bigint) => BigInt.asUintN(narrow ? 32 : 64, number);
  const actual = cut(args[index] ?? 0n);
  const wanted = cut(BigInt(value));
  switch (op) {
    case "SCMP_CMP_NE":
      return actual !== wanted;
    case "SCMP_CMP_LT":
      return actual < wanted;
    case "SCMP_CMP_LE":
      return actual <= wanted;
    case "SCMP_CMP_EQ":
      return actual === wanted;
    case "SCMP_CMP_GE":
      return actual >= wanted;
    case "SCMP_CMP_GT":
      return actual > wanted;
    default:
      return (actual & wanted) === (cut(BigInt(valueTwo)) & wanted);
  }
}

describe("compileSeccomp()", () => {
  it("agrees with a direct evaluation of random rules with several conditions and alternatives", () => {
    const random = createRandom(99);
    const values = [0, 1, 38, 0x7fffffff, 0x80000000, 0xffffffff, 2 ** 32, 2 ** 32 + 38, 2 ** 40 + 7, 2 ** 53 - 1];
    const value = () => values[random(values.length)] ?? 0;
    const operators = ["NE", "LT", "LE", "EQ", "GE", "GT", "MASKED_EQ"];
    for (let round = 0; round < 400; round += 1) {
      const syscalls = Array.from({ length: 1 + random(5) }, (_, index) => ({
        names: ["write"],
        action: "SCMP_ACT_ERRNO",
        errnoRet: 100 + index,
        args: Array.from({ length: 1 + random(3) }, () => ({
          index: random(3),
          op: `SCMP_CMP_${operators[random(7)]}`,
          value: value(),
          valueTwo: value(),
        })),
      }));
      const program = compileSeccomp({ defaultAction: "SCMP_ACT_ALLOW", architectures: everyAbi, syscalls }, "x86_64");
      assert.deepEqual(verifyProgram(program), []);
      for (let sample = 0; sample < 50; sample += 1) {
        const abi = (["x86_64", "i386", "x32"] as const)[random(3)] ?? "x86_64";
        const args = [0, 1, 2].map(() => BigInt.asUintN(64, BigInt(value()) + BigInt(random(3) - 1)));
        const first = syscalls.find((rule) => rule.args.every((arg) => holds(arg, args, abiFacts[abi].narrow)));
        const expected = first === undefined ? "ALLOW" : `ERRNO(${first.errnoRet})`;
        assert.equal(answer(program, call(abi, "write", ...args)), expected, JSON.stringify({ syscalls, abi }));
      }
    }
  });

  it("lets the first matching rule decide and an unconditional one end the list", () => {
    const spec: SpecSeccomp = {
      defaultAction: "SCMP_ACT_KILL_PROCESS",
      architectures: [],
      syscalls: [
        { names: ["read"], action: "SCMP_ACT_ERRNO", errnoRet: 5, args: [{ index: 0, op: "SCMP_CMP_EQ", value: 7 }] },
        { names: ["read"], action: "SCMP_ACT_ALLOW" },
        { names: ["read"], action: "SCMP_ACT_ERRNO", errnoRet: 6, args: [{ index: 0, op: "SCMP_CMP_EQ", value: 8 }] },
      ],
    };
    const program = compileSeccomp(spec, "x86_64");
    assert.equal(answer(program, call("x86_64", "read", 7n)), "ERRNO(5)");
    assert.equal(answer(program, call("x86_64", "read", 8n)), "ALLOW");
  });

  it("kills a process that calls through an ABI the profile does not name", () => {
    const spec: SpecSeccomp = { defaultAction: "SCMP_ACT_ALLOW", architectures: [], syscalls: [] };
    const program = compileSeccomp(spec, "x86_64");
    assert.equal(answer(program, call("i386", "read")), "KILL_PROCESS");
    assert.equal(answer(program, call("x32", "read")), "KILL_PROCESS");
    assert.equal(answer(program, { arch: abiFacts.aarch64.audit, nr: 0, args: [] }), "KILL_PROCESS");
    assert.equal(answer(program, { arch: abiFacts.x86_64.audit, nr: 0xffffffff, args: [] }), "ALLOW");
  });

  it("answers unknown and younger numbers with ENOSYS only where the default refuses", () => {
    const syscalls = [{ names: ["read", "clone3"], action: "SCMP_ACT_ALLOW" }];
    const numbers = [400, 450, 467, 100_000, x32Bit - 1, 0xffffffff];
    const answers = (defaultAction: string) => {
      const program = compileSeccomp({ defaultAction, architectures: [], syscalls }, "x86_64");
      return numbers.map((nr) => answer(program, { arch: abiFacts.x86_64.audit, nr, args: [] }));
    };
    assert.deepEqual(new Set(answers("SCMP_ACT_ERRNO")), new Set(["ERRNO(38)"]));
    assert.deepEqual(new Set(answers("SCMP_ACT_KILL")), new Set(["ERRNO(38)"]));
    assert.deepEqual(new Set(answers("SCMP_ACT_LOG")), new Set(["LOG"]));
    const program = compileSeccomp({ defaultAction: "SCMP_ACT_ERRNO", architectures: [], syscalls }, "x86_64");
    assert.equal(answer(program, call("x86_64", "mount")), "ERRNO(1)");
  });

  it("reaches far targets by stepping stones when a profile is large", () => {
    const names = [...syscallNumbers("x86_64").keys()];
    const syscalls = names.map((name, index) => ({
      names: [name],
      action: "SCMP_ACT_ERRNO",
      errnoRet: index,
      args: [{ index: index % 6, op: "SCMP_CMP_EQ", value: 2 ** 33 + index }],
    }));
    const program = compileSeccomp({ defaultAction: "SCMP_ACT_ALLOW", architectures: [], syscalls }, "x86_64");
    assert.deepEqual(verifyProgram(program), []);
    for (const [index, name] of names.entries()) {
      const args = Array.from({ length: 6 }, () => BigInt(2 ** 33 + index));
      assert.equal(answer(program, call("x86_64", name, ...args)), `ERRNO(${index})`);
      assert.equal(answer(program, call("x86_64", name)), "ALLOW");
    }
  });

  it("refuses a program that is larger than the kernel takes", () => {
    const syscalls = [...syscallNumbers("x86_64").keys()].flatMap((name, index) =>
      Array.from({ length: 4 }, (_, value) => ({
        names: [name],
        action: "SCMP_ACT_ERRNO",
        errnoRet: index,
        args: [{ index: 0, op: "SCMP_CMP_EQ", value }],
      })),
    );
    const spec = { defaultAction: "SCMP_ACT_ALLOW", architectures: [], syscalls };
    assert.throws(() => compileSeccomp(spec, "x86_64"), { code: "limitExceeded" });
  });
});

describe("verifyProgram()", () => {
  const ret = [0x06, 0, 0, 0, 0, 0, 0xff, 0x7f];
  const check = (...instructions: readonly (readonly number[])[]) =>
    verifyProgram(Uint8Array.from(instructions.flat()));

  it("accepts a program whose every path ends in a ret", () => {
    assert.deepEqual(check([0x20, 0, 0, 0, 4, 0, 0, 0], [0x15, 0, 0, 1, 1, 0, 0, 0], ret, ret), []);
  });

  it("finds what the kernel would refuse", () => {
    assert.match(check().join(), /is empty/);
    assert.match(check([0x20, 0, 0, 0, 4, 0, 0, 0]).join(), /instruction 0: it leads beyond the end/);
    assert.match(check([0x15, 0, 0, 1, 1, 0, 0, 0], ret).join(), /instruction 0: it leads beyond the end/);
    assert.match(check([0x05, 0, 0, 0, 9, 0, 0, 0], ret).join(), /instruction 0: it leads beyond the end/);
    assert.match(check([0x20, 0, 0, 0, 64, 0, 0, 0], ret).join(), /instruction 0: it loads from offset 64/);
    assert.match(check([0x28, 0, 0, 0, 4, 0, 0, 0], ret).join(), /instruction 0: the operation 0x28 is not known/);
  });
});
