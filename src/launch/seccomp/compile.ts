import type { SpecSeccomp } from "../../oci/index.ts";
import { killProcess } from "./actions.ts";
import { abiFacts, filteredAbis, type NativeArch, x32Bit } from "./architectures.ts";
import { type Assembler, bpf, createAssembler, type Place } from "./assembler.ts";
import { emitConditions } from "./conditions.ts";
import { type Decision, type DecisionRange, decisionKey, decisionRanges } from "./decisions.ts";
import type { SyscallArch } from "./syscallTables.ts";

/** Offsets in `struct seccomp_data` (seccomp(2)). */
const numberOffset = 0;
const archOffset = 4;

/**
 * Compiles a seccomp specification to the classic BPF program that seccomp(2) takes: 8 bytes an instruction, little
 * endian, at most 4096. Pure.
 *
 * The program finds the ABI, then the range of equal decisions that holds the call's number by binary search; only
 * calls with conditions read arguments, so the kernel can answer all others from its own bitmap (since 5.11). A call
 * through an ABI that `spec.architectures` does not name kills the process.
 *
 * @throws EngineError `invalidConfig` for what cannot be expressed, `limitExceeded` when it does not fit.
 */
export function compileSeccomp(spec: SpecSeccomp, arch: NativeArch): Uint8Array {
  const assembler = createAssembler();
  const abis = filteredAbis(spec.architectures, arch);
  let otherwise = assembler.ret(killProcess);
  // The native ABI is written last and so is tested first: nearly every call comes through it.
  for (const abi of abis.toReversed()) {
    if (abi === "x32") continue;
    const tree = emitAbi(assembler, { spec, abi, withX32: abis.includes("x32") });
    const withNumber = assembler.load(numberOffset, tree);
    otherwise = assembler.branch({ code: bpf.jumpIfEqual, k: abiFacts[abi].audit }, withNumber, otherwise);
  }
  assembler.load(archOffset, otherwise);
  return assembler.finish();
}

interface AbiRequest {
  readonly spec: SpecSeccomp;
  readonly abi: SyscallArch;
  readonly withX32: boolean;
}

function emitAbi(assembler: Assembler, { spec, abi, withX32 }: AbiRequest): Place {
  const rangesOf = (table: SyscallArch) => decisionRanges(spec, table);
  if (abi !== "x86_64") return emitTree(assembler, rangesOf(abi), abi);
  const ranges = rangesOf(abi);
  const x32 = withX32 ? emitTree(assembler, rangesOf("x32"), "x32") : emitRefusedX32(assembler, ranges);
  const tree = emitTree(assembler, ranges, abi);
  return assembler.branch({ code: bpf.jumpIfGreaterOrEqual, k: x32Bit }, x32, tree);
}

/** Number -1 is not x32 but a call that a tracer has cancelled (ptrace(2)): as unknown as the highest number. */
function emitRefusedX32(assembler: Assembler, ranges: readonly DecisionRange[]): Place {
  const cancelled = assembler.ret(ranges.at(-1)?.decision.otherwise ?? killProcess);
  return assembler.branch({ code: bpf.jumpIfEqual, k: 0xffffffff }, cancelled, assembler.ret(killProcess));
}

function emitTree(assembler: Assembler, ranges: readonly DecisionRange[], abi: SyscallArch): Place {
  const conditional = new Map<string, Place>();
  const leaf = (decision: Decision): Place => {
    if (decision.alternatives.length === 0) return assembler.ret(decision.otherwise);
    const key = decisionKey(decision);
    const place = conditional.get(key) ?? emitDecision(assembler, decision, abi);
    conditional.set(key, place);
    return place;
  };
  const search = (part: readonly DecisionRange[]): Place => {
    const [first] = part;
    if (first === undefined) throw new Error("a binary search over no ranges");
    if (part.length === 1) return leaf(first.decision);
    const middle = part.length >> 1;
    const upper = search(part.slice(middle));
    const lower = search(part.slice(0, middle));
    return assembler.branch({ code: bpf.jumpIfGreaterOrEqual, k: part[middle]?.from ?? 0 }, upper, lower);
  };
  return search(ranges);
}

function emitDecision(assembler: Assembler, decision: Decision, abi: SyscallArch): Place {
  let next = assembler.ret(decision.otherwise);
  for (const { conditions, verdict } of decision.alternatives.toReversed()) {
    const holds = assembler.ret(verdict);
    next = emitConditions(assembler, { conditions, narrow: abiFacts[abi].narrow, holds, fails: next });
  }
  return next;
}
