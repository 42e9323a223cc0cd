import { EngineError } from "../base/index.ts";
import type { SpecDeviceRule } from "../oci/index.ts";
import { mergeDeviceRules } from "./deviceRules.ts";

/** Operations of eBPF (the kernel's linux/bpf.h, Documentation/bpf/standardization/instruction-set.rst). */
const ebpf = {
  loadWord: 0x61,
  and: 0x54,
  shiftRight: 0x74,
  copy: 0xbc,
  set: 0xb7,
  jumpIfNot: 0x55,
  exit: 0x95,
} as const;

/** Registers: r0 is the answer, r1 points to `struct bpf_cgroup_dev_ctx` and later serves as scratch. */
const register = { answer: 0, context: 1, scratch: 1, type: 2, access: 3, major: 4, minor: 5 } as const;

/** BPF_DEVCG_DEV_* and BPF_DEVCG_ACC_*. */
const typeCodes: Readonly<Record<SpecDeviceRule["type"], number | undefined>> = { a: undefined, b: 1, c: 2 };
const accessBits: Readonly<Record<string, number>> = { m: 1, r: 2, w: 4 };
const allAccess = 7;

interface Instruction {
  readonly code: number;
  readonly dst?: number;
  readonly src?: number;
  readonly offset?: number;
  readonly imm?: number;
}

/**
 * Compiles the device rules of a container to the eBPF program (BPF_PROG_TYPE_CGROUP_DEVICE, 8 bytes an instruction,
 * little endian) that answers 1 for a device it may use and 0 for all others. Pure. Takes the list of the runtime
 * specification: rules that allow, perhaps after one that forbids all.
 *
 * @throws EngineError `invalidConfig` for a rule that forbids after one has allowed: the holes it makes depend on the
 * order of rules, which a list that only allows does not.
 */
export function compileDeviceFilter(rules: readonly SpecDeviceRule[]): Uint8Array {
  const allowed = mergeDeviceRules(allowedRules(rules));
  return encode([
    { code: ebpf.loadWord, dst: register.type, src: register.context, offset: 0 },
    { code: ebpf.and, dst: register.type, imm: 0xffff },
    { code: ebpf.loadWord, dst: register.access, src: register.context, offset: 0 },
    { code: ebpf.shiftRight, dst: register.access, imm: 16 },
    { code: ebpf.loadWord, dst: register.major, src: register.context, offset: 4 },
    { code: ebpf.loadWord, dst: register.minor, src: register.context, offset: 8 },
    ...allowed.flatMap(ruleInstructions),
    // The verifier refuses instructions that nothing reaches: after a rule without a test there must be none.
    ...(allowed.some(allowsEverything) ? [] : answer(0)),
  ]);
}

/** Whether the rules, of `normalizeDeviceRules`, allow every device, so that no filter is needed. */
export function allowsEveryDevice(rules: readonly SpecDeviceRule[]): boolean {
  return allowedRules(rules).some(allowsEverything);
}

function allowedRules(rules: readonly SpecDeviceRule[]): readonly SpecDeviceRule[] {
  const firstAllowed = rules.findIndex((rule) => rule.allow);
  const rest = firstAllowed < 0 ? [] : rules.slice(firstAllowed);
  if (rest.every((rule) => rule.allow)) return rest;
  throw new EngineError("invalidConfig", "cannot compile the device rules: one forbids after another has allowed", {
    hint: "list only the devices that are allowed",
  });
}

function allowsEverything({ type, major, minor, access }: SpecDeviceRule): boolean {
  return type === "a" && major === undefined && minor === undefined && access === "rwm";
}

/** The tests of one rule, each of which jumps behind the rule's end when it fails, and the answer 1. */
function ruleInstructions(rule: SpecDeviceRule): readonly Instruction[] {
  const tests: Instruction[] = [];
  const require = (dst: number, imm: number) => tests.push({ code: ebpf.jumpIfNot, dst, imm });
  const type = typeCodes[rule.type];
  if (type !== undefined) require(register.type, type);
  if (rule.major !== undefined) require(register.major, rule.major);
  if (rule.minor !== undefined) require(register.minor, rule.minor);
  const granted = [...rule.access].reduce((bits, letter) => bits | (accessBits[letter] ?? 0), 0);
  if (granted !== allAccess) {
    tests.push({ code: ebpf.copy, dst: register.scratch, src: register.access });
    tests.push({ code: ebpf.and, dst: register.scratch, imm: allAccess & ~granted });
    require(register.scratch, 0);
  }
  const end = tests.length + 2;
  return [
    ...tests.map((test, at) => (test.code === ebpf.jumpIfNot ? { ...test, offset: end - at - 1 } : test)),
    ...answer(1),
  ];
}

function answer(value: 0 | 1): readonly Instruction[] {
  return [{ code: ebpf.set, dst: register.answer, imm: value }, { code: ebpf.exit }];
}

/** `struct bpf_insn`: code, two registers of 4 bits, a signed 16-bit offset, a signed 32-bit constant. */
function encode(instructions: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(instructions.length * 8);
  const view = new DataView(bytes.buffer);
  for (const [index, { code, dst = 0, src = 0, offset = 0, imm = 0 }] of instructions.entries()) {
    view.setUint8(index * 8, code);
    view.setUint8(index * 8 + 1, (src << 4) | dst);
    view.setInt16(index * 8 + 2, offset, true);
    view.setInt32(index * 8 + 4, imm, true);
  }
  return bytes;
}
