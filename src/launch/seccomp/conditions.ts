import { type Assembler, bpf, type Place } from "./assembler.ts";
import type { Condition } from "./decisions.ts";

interface Comparison {
  readonly conditions: readonly Condition[];
  /** Compare the lower 32 bits only. */
  readonly narrow: boolean;
  readonly holds: Place;
  readonly fails: Place;
}

const argsOffset = 16;

/** Writes the test that all conditions hold. Little endian: the lower word of an argument comes first. */
export function emitConditions(assembler: Assembler, { conditions, narrow, holds, fails }: Comparison): Place {
  let next = holds;
  for (const condition of conditions.toReversed()) {
    next = emitCondition(assembler, { condition, narrow, holds: next, fails });
  }
  return next;
}

interface SingleComparison {
  readonly condition: Condition;
  readonly narrow: boolean;
  readonly holds: Place;
  readonly fails: Place;
}

/**
 * BPF compares 32 bits. The upper words decide unless they are equal. For the operators below, `holds` and `fails` are
 * exchanged where the opposite operator is the one that BPF has.
 */
function emitCondition(assembler: Assembler, { condition, narrow, holds, fails }: SingleComparison): Place {
  const { index, op, value, valueTwo } = condition;
  const lowOffset = argsOffset + index * 8;
  const words = { high: upper(value), low: lower(value), offset: lowOffset, narrow };
  switch (op) {
    case "EQ":
      return emitEqual(assembler, { ...words, holds, fails });
    case "NE":
      return emitEqual(assembler, { ...words, holds: fails, fails: holds });
    case "GT":
      return emitOrder(assembler, { ...words, code: bpf.jumpIfGreater, holds, fails });
    case "LE":
      return emitOrder(assembler, { ...words, code: bpf.jumpIfGreater, holds: fails, fails: holds });
    case "GE":
      return emitOrder(assembler, { ...words, code: bpf.jumpIfGreaterOrEqual, holds, fails });
    case "LT":
      return emitOrder(assembler, { ...words, code: bpf.jumpIfGreaterOrEqual, holds: fails, fails: holds });
    case "MASKED_EQ":
      return emitMasked(assembler, { mask: value, datum: valueTwo, offset: lowOffset, narrow, holds, fails });
    default:
      return op satisfies never;
  }
}

interface Words {
  readonly high: number;
  readonly low: number;
  readonly offset: number;
  readonly narrow: boolean;
  readonly holds: Place;
  readonly fails: Place;
}

function emitEqual(assembler: Assembler, { high, low, offset, narrow, holds, fails }: Words): Place {
  const lowEqual = assembler.branch({ code: bpf.jumpIfEqual, k: low }, holds, fails);
  const lowTest = assembler.load(offset, lowEqual);
  if (narrow) return lowTest;
  return assembler.load(offset + 4, assembler.branch({ code: bpf.jumpIfEqual, k: high }, lowTest, fails));
}

function emitOrder(assembler: Assembler, { high, low, offset, narrow, holds, fails, code }: Words & { code: number }) {
  const lowTest = assembler.load(offset, assembler.branch({ code, k: low }, holds, fails));
  if (narrow) return lowTest;
  const highEqual = assembler.branch({ code: bpf.jumpIfEqual, k: high }, lowTest, fails);
  return assembler.load(offset + 4, assembler.branch({ code: bpf.jumpIfGreater, k: high }, holds, highEqual));
}

interface Masked extends Omit<Words, "high" | "low"> {
  readonly mask: number;
  readonly datum: number;
}

function emitMasked(assembler: Assembler, { mask, datum, offset, narrow, holds, fails }: Masked): Place {
  const lowEqual = assembler.branch({ code: bpf.jumpIfEqual, k: lower(datum) }, holds, fails);
  const lowTest = assembler.load(offset, assembler.and(lower(mask), lowEqual));
  if (narrow || (upper(mask) === 0 && upper(datum) === 0)) return lowTest;
  const highEqual = assembler.branch({ code: bpf.jumpIfEqual, k: upper(datum) }, lowTest, fails);
  return assembler.load(offset + 4, assembler.and(upper(mask), highEqual));
}

function upper(value: number): number {
  return Math.floor(value / 2 ** 32);
}

function lower(value: number): number {
  return value % 2 ** 32;
}
