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
  const words = { high: upper(value), low: lower(value), offset: argsOffset + index * 8, narrow, holds, fails };
  switch (op) {
    case "EQ":
      return emitEqual(assembler, words);
    case "NE":
      return emitEqual(assembler, { ...words, holds: fails, fails: holds });
    case "GT":
      return emitOrder(assembler, { ...words, code: bpf.jumpIfGreater });
    case "LE":
      return emitOrder(assembler, { ...words, code: bpf.jumpIfGreater, holds: fails, fails: holds });
    case "GE":
      return emitOrder(assembler, { ...words, code: bpf.jumpIfGreaterOrEqual });
    case "LT":
      return emitOrder(assembler, { ...words, code: bpf.jumpIfGreaterOrEqual, holds: fails, fails: holds });
    case "MASKED_EQ":
      return emitMasked(assembler, { ...words, datum: valueTwo });
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

/** Both sides are masked, as seccomp_rule_add(3) says. A mask without upper bits needs no look at the upper word. */
function emitMasked(
  assembler: Assembler,
  { high, low, offset, narrow, holds, fails, datum }: Words & { datum: number },
) {
  const lowEqual = assembler.branch({ code: bpf.jumpIfEqual, k: (lower(datum) & low) >>> 0 }, holds, fails);
  const lowTest = assembler.load(offset, assembler.and(low, lowEqual));
  if (narrow || high === 0) return lowTest;
  const highEqual = assembler.branch({ code: bpf.jumpIfEqual, k: (upper(datum) & high) >>> 0 }, lowTest, fails);
  return assembler.load(offset + 4, assembler.and(high, highEqual));
}

function upper(value: number): number {
  return Math.floor(value / 2 ** 32);
}

function lower(value: number): number {
  return value % 2 ** 32;
}
