import { EngineError } from "../../base/index.ts";

/** Operation codes of classic BPF (the kernel's linux/bpf_common.h and linux/filter.h). */
export const bpf = {
  loadWord: 0x20,
  and: 0x54,
  jump: 0x05,
  jumpIfEqual: 0x15,
  jumpIfGreater: 0x25,
  jumpIfGreaterOrEqual: 0x35,
  jumpIfAnyBit: 0x45,
  return: 0x06,
} as const;

/** The kernel's BPF_MAXINSNS. */
export const maxInstructions = 4096;

/** One `struct sock_filter`. */
export interface Instruction {
  readonly code: number;
  readonly ifTrue: number;
  readonly ifFalse: number;
  readonly k: number;
}

/** The place of an instruction, counted from the program's end. */
export type Place = number;

const farthestJump = 255;

/**
 * Writes a BPF program from its end to its start. Jumps of BPF lead only forward, so every target exists, and its
 * distance is known, when the jump to it is written. A conditional jump reaches 255 instructions far; a more distant
 * target gets a stepping stone: a copy when it is a `ret`, an unconditional jump (32-bit distance) otherwise.
 */
export interface Assembler {
  /** An instruction that answers `verdict`; one within easy reach is shared. */
  ret(verdict: number): Place;
  /** Loads the 32-bit word at `offset` of `struct seccomp_data`, then goes on at `next`. */
  load(offset: number, next: Place): Place;
  and(mask: number, next: Place): Place;
  branch(test: Test, ifTrue: Place, ifFalse: Place): Place;
  /** The program, which starts at the place that was written last. */
  finish(): Uint8Array;
}

export interface Test {
  readonly code: number;
  readonly k: number;
}

/** Starts an empty program. */
export function createAssembler(): Assembler {
  const reversed: Instruction[] = [];
  const returns = new Map<number, Place>();

  const push = (instruction: Instruction): Place => reversed.push(instruction) - 1;
  const distance = (target: Place): number => reversed.length - target - 1;

  const ret = (verdict: number): Place => {
    const known = returns.get(verdict);
    if (known !== undefined && distance(known) < farthestJump - 1) return known;
    const place = push({ code: bpf.return, ifTrue: 0, ifFalse: 0, k: verdict });
    returns.set(verdict, place);
    return place;
  };

  const hop = (target: Place): Place => {
    const instruction = reversed[target];
    if (instruction?.code === bpf.return) return ret(instruction.k);
    return push({ code: bpf.jump, ifTrue: 0, ifFalse: 0, k: distance(target) });
  };

  // The stepping stone of the other branch may come in between, hence the reserve of one.
  const near = (target: Place): Place => (distance(target) < farthestJump ? target : hop(target));

  const follow = (target: Place): void => {
    if (target !== reversed.length - 1) push({ code: bpf.jump, ifTrue: 0, ifFalse: 0, k: distance(target) });
  };

  return {
    ret,
    load: (offset, next) => {
      follow(next);
      return push({ code: bpf.loadWord, ifTrue: 0, ifFalse: 0, k: offset });
    },
    and: (mask, next) => {
      follow(next);
      return push({ code: bpf.and, ifTrue: 0, ifFalse: 0, k: mask });
    },
    branch: ({ code, k }, ifTrue, ifFalse) => {
      const yes = near(ifTrue);
      const no = near(ifFalse);
      return push({ code, ifTrue: distance(yes), ifFalse: distance(no), k });
    },
    finish: () => encodeProgram(reversed.toReversed()),
  };
}

/**
 * Instructions as the kernel reads them: 16-bit code, two 8-bit jumps, 32-bit k, little endian.
 *
 * @throws EngineError `limitExceeded` beyond the kernel's 4096 instructions.
 */
export function encodeProgram(instructions: readonly Instruction[]): Uint8Array {
  if (instructions.length > maxInstructions) {
    throw new EngineError("limitExceeded", `the seccomp filter needs ${instructions.length} instructions`, {
      hint: `the kernel takes ${maxInstructions}; use fewer rules with arguments`,
    });
  }
  const bytes = new Uint8Array(instructions.length * 8);
  const view = new DataView(bytes.buffer);
  for (const [index, { code, ifTrue, ifFalse, k }] of instructions.entries()) {
    view.setUint16(index * 8, code, true);
    view.setUint8(index * 8 + 2, ifTrue);
    view.setUint8(index * 8 + 3, ifFalse);
    view.setUint32(index * 8 + 4, k, true);
  }
  return bytes;
}

/** The reverse of `encodeProgram`. @throws Error when the bytes are not whole instructions. */
export function decodeProgram(program: Uint8Array): readonly Instruction[] {
  if (program.length % 8 !== 0) throw new Error(`a BPF program of ${program.length} bytes is not whole`);
  const view = new DataView(program.buffer, program.byteOffset, program.byteLength);
  return Array.from({ length: program.length / 8 }, (_, index) => ({
    code: view.getUint16(index * 8, true),
    ifTrue: view.getUint8(index * 8 + 2),
    ifFalse: view.getUint8(index * 8 + 3),
    k: view.getUint32(index * 8 + 4, true),
  }));
}
