import { isDeepStrictEqual } from "node:util";
import type { FieldValue, LaunchPlan, LaunchStep } from "./plan.ts";

/** A field of a step that is not the same in both plans; a side is absent where the step does not have it. */
export interface FieldChange {
  readonly field: string;
  readonly before?: FieldValue;
  readonly after?: FieldValue;
}

/** What differs in one step. */
export type StepChange =
  | { readonly change: "added" | "removed"; readonly step: LaunchStep }
  | { readonly change: "changed"; readonly step: LaunchStep; readonly fields: readonly FieldChange[] };

export interface PlanDifference {
  /** In the order of the plans; what was removed stands where it would have been carried out. */
  readonly changes: readonly StepChange[];
  /** How many steps are the same in both. */
  readonly same: number;
}

/**
 * What turns one plan into the other. Steps are matched by what they are about: a tree that only has another number,
 * because a mount before it came or went, is the same tree.
 */
export function comparePlans(before: LaunchPlan, after: LaunchPlan): PlanDifference {
  const olds = nameSteps(before);
  const news = nameSteps(after);
  const left = new Map(olds.map((named) => [named.key, named]));
  const known = new Set(news.map(({ key }) => key));
  const changes: StepChange[] = [];
  let same = 0;
  let next = 0;
  const flush = (until: string | undefined) => {
    for (; next < olds.length && olds[next]?.key !== until; next += 1) {
      const old = olds[next];
      if (old !== undefined && !known.has(old.key)) changes.push({ change: "removed", step: old.step });
      else if (until !== undefined) return; // it comes later in the other plan
    }
  };
  for (const { key, step, fields } of news) {
    const old = left.get(key);
    if (old === undefined) {
      changes.push({ change: "added", step });
      continue;
    }
    flush(key);
    if (olds[next]?.key === key) next += 1;
    const differing = compareFields(old.fields, fields);
    if (differing.length === 0) same += 1;
    else changes.push({ change: "changed", step, fields: differing });
  }
  flush(undefined);
  return { changes, same };
}

interface NamedStep {
  /** The same for the steps of two plans that are about the same thing; no other step of the plan has it. */
  readonly key: string;
  readonly step: LaunchStep;
  readonly fields: LaunchStep["fields"];
}

function nameSteps({ steps }: LaunchPlan): readonly NamedStep[] {
  const trees = numberedTrees(steps);
  const seen = new Map<string, number>();
  return steps.map((step) => {
    const id = step.id.split(".").map((part) => trees.get(part) ?? part);
    const name = [step.part ?? "", step.phase, ...id].join(" ");
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    return { key: `${name} ${count}`, step, fields: withTrees(step.fields, trees) };
  });
}

/** What the numbered names of a plan stand for: `bind1` is a directory. */
function numberedTrees(steps: readonly LaunchStep[]): ReadonlyMap<string, string> {
  const trees = new Map<string, string>();
  for (const { fields } of steps) {
    const { as, path, part, source } = fields;
    const shown = path ?? source;
    if (typeof as !== "string" || !/^[a-z]+\d+$/.test(as) || typeof shown !== "string") continue;
    trees.set(as, part === undefined ? shown : `${shown} ${part}`);
  }
  return trees;
}

function withTrees(fields: LaunchStep["fields"], trees: ReadonlyMap<string, string>): LaunchStep["fields"] {
  const named = ([key, value]: [string, FieldValue]) => [
    key,
    typeof value === "string" ? (trees.get(value) ?? value) : value,
  ];
  return Object.fromEntries(Object.entries(fields).map(named)) as LaunchStep["fields"];
}

function compareFields(before: LaunchStep["fields"], after: LaunchStep["fields"]): readonly FieldChange[] {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return fields.flatMap((field) => {
    const [one, other] = [before[field], after[field]];
    if (isDeepStrictEqual(one, other)) return [];
    return [{ field, ...(one === undefined ? {} : { before: one }), ...(other === undefined ? {} : { after: other }) }];
  });
}
