import { bpf, decodeProgram } from "./assembler.ts";

/** One system call as the kernel shows it to a filter (`struct seccomp_data`). */
export interface FilteredCall {
  /** AUDIT_ARCH_*, as in `abiFacts`. */
  readonly arch: number;
  readonly nr: number;
  /** Up to six arguments of 64 bits; missing ones are 0. */
  readonly args?: readonly bigint[];
}

export interface Simulation {
  /** The 32-bit answer, SECCOMP_RET_*. */
  readonly verdict: number;
  /** How many instructions it took. */
  readonly executed: number;
}

/**
 * Runs a filter on one system call as the kernel would. For tests and for `plan`, which shows what a filter answers.
 *
 * @throws Error when the program does something that `verifyProgram` refuses.
 */
export function simulate(program: Uint8Array, call: FilteredCall): Simulation {
  return simulateAll(program, [call])[0] ?? { verdict: 0, executed: 0 };
}

/** The same for many calls; decodes the program once. */
export function simulateAll(program: Uint8Array, calls: readonly FilteredCall[]): readonly Simulation[] {
  const instructions = decodeProgram(program);
  return calls.map((call) => {
    const words = callWords(call);
    let accumulator = 0;
    let executed = 0;
    for (let at = 0; ; at += 1) {
      const instruction = instructions[at];
      if (instruction === undefined) throw new Error(`the BPF program runs out at instruction ${at}`);
      const { code, k, ifTrue, ifFalse } = instruction;
      executed += 1;
      if (code === bpf.return) return { verdict: k, executed };
      if (code === bpf.loadWord) accumulator = words[k / 4] ?? 0;
      else if (code === bpf.and) accumulator = (accumulator & k) >>> 0;
      else if (code === bpf.jump) at += k;
      else at += holds(code, accumulator, k) ? ifTrue : ifFalse;
    }
  });
}

function holds(code: number, accumulator: number, k: number): boolean {
  if (code === bpf.jumpIfEqual) return accumulator === k;
  if (code === bpf.jumpIfGreater) return accumulator > k;
  if (code === bpf.jumpIfGreaterOrEqual) return accumulator >= k;
  if (code === bpf.jumpIfAnyBit) return (accumulator & k) !== 0;
  throw new Error(`the BPF operation 0x${code.toString(16)} is not known`);
}

/** nr, arch, two words of instruction pointer, then lower and upper word of each argument. */
function callWords({ arch, nr, args = [] }: FilteredCall): readonly number[] {
  const words = [nr >>> 0, arch >>> 0, 0, 0];
  for (let index = 0; index < 6; index += 1) {
    const value = BigInt.asUintN(64, args[index] ?? 0n);
    words.push(Number(value & 0xffffffffn), Number(value >> 32n));
  }
  return words;
}
