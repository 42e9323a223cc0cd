import type { Messages, SayReason } from "../messages/index.ts";
import type { FieldValue, LaunchPlan, LaunchStep } from "./plan.ts";

/** What a plan is told with. */
export interface PlanLanguage {
  readonly words: Messages["plan"];
  readonly say: SayReason;
}

/** The plan as text: a numbered line for each step, in the order of execution, with its reason. */
export function formatPlan(plan: LaunchPlan, { words, say }: PlanLanguage): string {
  const lines: string[] = [];
  let stage: string | undefined;
  for (const [index, step] of plan.steps.entries()) {
    const title = stepTitle(step, words);
    if (title !== stage) lines.push(words.stage({ title }));
    stage = title;
    const what = `${step.op} ${formatFields(step.fields)}`.trimEnd();
    lines.push(`${String(index + 1).padStart(4)}  ${step.id.padEnd(24)} ${what.padEnd(56)}  ${say(step.why)}`);
  }
  return `${lines.join("\n")}\n`;
}

/** Where a step runs, in words. */
export function stepTitle({ part, phase }: Pick<LaunchStep, "part" | "phase">, { stages }: Messages["plan"]): string {
  return stages[part === "probe" ? part : phase];
}

export function formatFields(fields: Readonly<Record<string, FieldValue>>): string {
  return Object.entries(fields)
    .map(([key, value]) => `${key}=${formatValue(key, value)}`)
    .join(" ");
}

/** A few lines of `ip -batch`. */
const longestInput = 600;

/** Programs and rulesets are shown by their size, which JSON output does not: a page of digits or braces explains nothing. */
export function formatValue(key: string, value: FieldValue): string {
  if (key === "program") return `<${String(value).length / 16} instructions>`;
  if (key === "input" && String(value).length > longestInput) return `<${String(value).length} bytes>`;
  const text = Array.isArray(value) ? value.join(",") : String(value);
  return JSON.stringify(text).slice(1, -1);
}
