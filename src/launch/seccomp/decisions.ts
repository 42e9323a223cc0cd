import { EngineError } from "../../base/index.ts";
import type { SpecSeccomp, SpecSeccompArg, SpecSeccompRule } from "../../oci/index.ts";
import { ENOSYS, encodeAction, isPermissive } from "./actions.ts";
import { abiFacts } from "./architectures.ts";
import { type SyscallArch, syscallNumbers } from "./syscallTables.ts";

/** A comparison of one argument, as the OCI specification names it. */
export type Operator = "NE" | "LT" | "LE" | "EQ" | "GE" | "GT" | "MASKED_EQ";

/** For MASKED_EQ: `(argument & value) == (valueTwo & value)`. */
export interface Condition {
  readonly index: number;
  readonly op: Operator;
  readonly value: number;
  readonly valueTwo: number;
}

/** What happens to one system call: the first alternative whose conditions all hold, else `otherwise`. */
export interface Decision {
  readonly alternatives: readonly { readonly conditions: readonly Condition[]; readonly verdict: number }[];
  readonly otherwise: number;
}

/** From this number on (until the next range) the decision is the same. */
export interface DecisionRange {
  readonly from: number;
  readonly decision: Decision;
}

/** x32 keeps its own copies of some calls in 512..547, so they say nothing about how new a number is. */
const firstCopy = 512;

/**
 * The decisions of a filter for one ABI as ranges of system call numbers: sorted, starting at the ABI's lowest number,
 * neighbours different.
 *
 * The rules of a call are tried in their order and the first that matches decides; the conditions of one rule must all
 * hold. Names that the ABI does not have are ignored. A number that has no name, or is newer than every name of the
 * profile, is answered with ENOSYS when the profile's default refuses: programs then use an older call, where EPERM
 * would make them give up.
 *
 * @throws EngineError `invalidConfig` when an action, operator or argument cannot be used.
 */
export function decisionRanges(spec: SpecSeccomp, abi: SyscallArch): readonly DecisionRange[] {
  const numbers = syscallNumbers(abi);
  const fallback = encodeAction(spec.defaultAction, spec.defaultErrnoRet, "defaultAction");
  const unknown = plainDecision(isPermissive(fallback) ? fallback : encodeAction("SCMP_ACT_ERRNO", ENOSYS, "default"));
  const rules = rulesByNumber(spec.syscalls, numbers);
  const newest = Math.max(-1, ...[...rules.keys()].filter((number) => number < firstCopy));

  const base = abiFacts[abi].numberBase;
  const ranges: DecisionRange[] = [];
  let next = 0;
  const decide = (number: number, decision: Decision) => {
    const last = ranges.at(-1);
    if (last === undefined || !sameDecision(last.decision, decision)) ranges.push({ from: base + number, decision });
  };
  for (const number of [...numbers.values()].sort((a, b) => a - b)) {
    if (number > next) decide(next, unknown);
    const isNewer = newest >= 0 && number > newest && number < firstCopy;
    decide(number, isNewer ? unknown : decisionOf(rules.get(number) ?? [], fallback));
    next = number + 1;
  }
  decide(next, unknown);
  return ranges;
}

type Alternative = Decision["alternatives"][number];

function rulesByNumber(syscalls: readonly SpecSeccompRule[], numbers: ReadonlyMap<string, number>) {
  const rules = new Map<number, Alternative[]>();
  for (const [index, rule] of syscalls.entries()) {
    const member = `syscalls[${index}]`;
    const verdict = encodeAction(rule.action, rule.errnoRet, `${member}.action`);
    const conditions = (rule.args ?? []).map((arg, position) => parseCondition(arg, `${member}.args[${position}]`));
    for (const name of rule.names) {
      const number = numbers.get(name);
      if (number === undefined) continue;
      const known = rules.get(number) ?? [];
      rules.set(number, known);
      known.push({ conditions, verdict });
    }
  }
  return rules;
}

const operators: ReadonlyMap<string, Operator> = new Map(
  (["NE", "LT", "LE", "EQ", "GE", "GT", "MASKED_EQ"] as const).map((op) => [`SCMP_CMP_${op}`, op]),
);

function parseCondition(arg: SpecSeccompArg, member: string): Condition {
  const op = operators.get(arg.op);
  if (op === undefined) {
    throw new EngineError("invalidConfig", `seccomp profile: "${member}.op" is unknown: "${arg.op}"`, {
      hint: `the known operators are ${[...operators.keys()].join(", ")}`,
    });
  }
  if (!Number.isInteger(arg.index) || arg.index < 0 || arg.index > 5) {
    throw new EngineError("invalidConfig", `seccomp profile: "${member}.index" is "${arg.index}"`, {
      hint: "a system call has the arguments 0 to 5",
    });
  }
  const { value, valueTwo = 0 } = arg;
  if (!isExact(value) || !isExact(valueTwo)) {
    throw new EngineError(
      "invalidConfig",
      `seccomp profile: "${member}" holds a value that cannot be compared exactly`,
      {
        hint: `values are whole numbers from 0 to ${Number.MAX_SAFE_INTEGER}`,
      },
    );
  }
  return { index: arg.index, op, value, valueTwo };
}

function isExact(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function plainDecision(verdict: number): Decision {
  return { alternatives: [], otherwise: verdict };
}

/** Cuts the rules at the first unconditional one and drops the alternatives at the end that change nothing. */
function decisionOf(rules: readonly Alternative[], fallback: number): Decision {
  const end = rules.findIndex((rule) => rule.conditions.length === 0);
  const otherwise = rules[end]?.verdict ?? fallback;
  const alternatives = end < 0 ? [...rules] : rules.slice(0, end);
  while (alternatives.at(-1)?.verdict === otherwise) alternatives.pop();
  return { alternatives, otherwise };
}

function sameDecision(a: Decision, b: Decision): boolean {
  const isPlain = a.alternatives.length === 0 && b.alternatives.length === 0;
  return isPlain ? a.otherwise === b.otherwise : decisionKey(a) === decisionKey(b);
}

/** Equal for decisions that compile to the same instructions. */
export function decisionKey(decision: Decision): string {
  return decision.alternatives.length === 0 ? String(decision.otherwise) : JSON.stringify(decision);
}
