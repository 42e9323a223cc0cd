import { bpf, decodeProgram, type Instruction, maxInstructions } from "./assembler.ts";

const conditionalJumps: ReadonlySet<number> = new Set([
  bpf.jumpIfEqual,
  bpf.jumpIfGreater,
  bpf.jumpIfGreaterOrEqual,
  bpf.jumpIfAnyBit,
]);

/** The size of `struct seccomp_data`. */
const seccompDataSize = 64;

/**
 * Checks what the kernel checks before it takes a filter (kernel/seccomp.c, net/core/filter.c): a size within bounds,
 * only the known operations, loads inside `struct seccomp_data`, no jump beyond the end and every path ending in a
 * `ret`. Returns what is wrong, in words; nothing wrong is an empty list.
 */
export function verifyProgram(program: Uint8Array): readonly string[] {
  const instructions = decodeProgram(program);
  const problems = instructions.flatMap((instruction, at) => {
    const problem = problemOf(instruction, at, instructions.length);
    return problem === undefined ? [] : [`instruction ${at}: ${problem}`];
  });
  if (instructions.length === 0) problems.push("the program is empty");
  if (instructions.length > maxInstructions) problems.push(`the program has ${instructions.length} instructions`);
  return problems;
}

/** Jumps lead only forward, so a program whose every step stays inside it ends, and can only end in a `ret`. */
function problemOf({ code, k, ifTrue, ifFalse }: Instruction, at: number, length: number): string | undefined {
  if (code === bpf.return) return undefined;
  const isLoad = code === bpf.loadWord;
  if (isLoad && (k % 4 !== 0 || k > seccompDataSize - 4)) return `it loads from offset ${k}`;
  const jumps = conditionalJumps.has(code) ? [ifTrue, ifFalse] : code === bpf.jump ? [k] : [];
  if (jumps.length === 0 && !isLoad && code !== bpf.and) return `the operation 0x${code.toString(16)} is not known`;
  const farthest = at + 1 + Math.max(0, ...jumps);
  return farthest < length ? undefined : "it leads beyond the end";
}
