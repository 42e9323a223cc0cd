import type { Messages } from "../messages/index.ts";
import { capabilityNames } from "../namespaces/index.ts";
import type { FieldChange, PlanDifference, StepChange } from "./comparePlans.ts";
import { formatFields, formatValue, type PlanLanguage, stepTitle } from "./formatPlan.ts";
import type { FieldValue } from "./plan.ts";

const signs = { added: "+", removed: "-", changed: "~" } as const;

/** The difference of two plans as text: a line for each step with a sign before it, and the sums. */
export function formatPlanDifference({ changes, same }: PlanDifference, { words, say }: PlanLanguage): string {
  const lines: string[] = [];
  let stage: string | undefined;
  for (const [first, ...more] of alike(changes)) {
    const title = stepTitle(first.step, words);
    if (title !== stage) lines.push(words.stage({ title }));
    stage = title;
    const shown = more.length > mostAlike ? [] : more;
    lines.push(...[first, ...shown].map((change) => formatChange(change, { words, say })));
    if (shown.length < more.length) lines.push(`   ${signs[first.change]}  ${words.alike({ count: more.length })}`);
  }
  const count = (wanted: StepChange["change"]) => changes.filter(({ change }) => change === wanted).length;
  const sums = words.sums({ added: count("added"), removed: count("removed"), changed: count("changed"), same });
  return `${[...lines, sums].join("\n")}\n`;
}

/** After the first of so many neighbours that say the same of different things, the rest is counted. */
const mostAlike = 5;

/** Neighbours with the same sign, operation and reason. */
function alike(changes: PlanDifference["changes"]): readonly (readonly [StepChange, ...StepChange[]])[] {
  const groups: [StepChange, ...StepChange[]][] = [];
  let last = "";
  for (const change of changes) {
    const kind = JSON.stringify([change.change, change.step.op, change.step.why]);
    const group = groups.at(-1);
    if (group !== undefined && kind === last && change.change !== "changed") group.push(change);
    else groups.push([change]);
    last = kind;
  }
  return groups;
}

function formatChange(change: StepChange, { words, say }: PlanLanguage): string {
  const { id, why } = change.step;
  return `   ${signs[change.change]}  ${id.padEnd(24)} ${formatChangedStep(change, words).padEnd(56)}  ${say(why)}`;
}

/** The operation of a step that is not the same in both plans, with what its fields are, or what changed in them. */
export function formatChangedStep(change: StepChange, { absent }: Pick<Messages["plan"], "absent">): string {
  const { op, fields } = change.step;
  const changed = (one: FieldChange) => formatField(one, absent);
  const shown = change.change === "changed" ? change.fields.map(changed).join(" ") : formatFields(fields);
  return `${op} ${shown}`.trimEnd();
}

function formatField({ field, ...sides }: FieldChange, absent: string): string {
  const [before, after] = [named(field, sides.before), named(field, sides.after)];
  if (isList(before) && isList(after)) {
    const came = after.filter((word) => !before.includes(word)).map((word) => `+${word}`);
    const went = before.filter((word) => !after.includes(word)).map((word) => `-${word}`);
    return `${field}: ${formatValue(field, [...went, ...came])}`;
  }
  const side = (value: FieldValue | undefined) => (value === undefined ? absent : formatValue(field, value));
  return `${field}: ${side(before)} -> ${side(after)}`;
}

/** The fields of the plan that hold sets of capabilities as masks. */
const capabilitySets: ReadonlySet<string> = new Set([
  "capabilities",
  "effective",
  "permitted",
  "inheritable",
  "ambient",
]);

function named(field: string, value: FieldValue | undefined): FieldValue | undefined {
  if (!capabilitySets.has(field) || typeof value !== "string" || !/^\d+$/.test(value)) return value;
  return capabilityNames(BigInt(value));
}

function isList(value: FieldValue | undefined): value is readonly string[] {
  return Array.isArray(value);
}
