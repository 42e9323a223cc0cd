import { EngineError } from "../base/index.ts";
import type { LaunchPlan, LaunchStep } from "../launch/index.ts";

/** A plan without some of its steps. */
export function withoutSteps(plan: LaunchPlan, ids: readonly string[]): LaunchPlan {
  for (const id of ids) requireStep(plan, id);
  return { ...plan, steps: plan.steps.filter(({ id }) => !ids.includes(id)) };
}

/** A plan in which one step does something else, or does it with other values; fields that are not named stay. */
export function withFields(
  plan: LaunchPlan,
  wanted: string,
  change: Partial<Pick<LaunchStep, "op" | "fields">>,
): LaunchPlan {
  requireStep(plan, wanted);
  const changed = (step: LaunchStep): LaunchStep => ({
    ...step,
    ...change,
    fields: change.op === undefined ? { ...step.fields, ...change.fields } : (change.fields ?? {}),
  });
  return { ...plan, steps: plan.steps.map((step) => (step.id === wanted ? changed(step) : step)) };
}

/** A plan with one more step. */
export function withStepAfter(plan: LaunchPlan, wanted: string, added: Omit<LaunchStep, "why">): LaunchPlan {
  requireStep(plan, wanted);
  const steps = plan.steps.flatMap((step) => (step.id === wanted ? [step, { ...added, why: "" }] : [step]));
  return { ...plan, steps };
}

/**
 * The broken plan in which the named steps are as in the whole one: missing ones come back behind the step that they
 * follow there, changed ones get their fields back, and those that the whole plan does not have go.
 *
 * @throws EngineError `invalidValue` for a step that neither plan has.
 */
export function putBack(whole: LaunchPlan, broken: LaunchPlan, ids: readonly string[]): LaunchPlan {
  for (const id of ids) if (!hasStep(broken, id)) requireStep(whole, id);
  const steps = broken.steps.filter(({ id }) => !ids.includes(id));
  const before = new Map(whole.steps.map((step, index) => [step, whole.steps.slice(0, index)]));
  for (const step of whole.steps.filter(({ id }) => ids.includes(id))) {
    const earlier = new Set((before.get(step) ?? []).map(({ id }) => id));
    steps.splice(steps.findLastIndex(({ id }) => earlier.has(id)) + 1, 0, step);
  }
  return { ...broken, steps };
}

function hasStep({ steps }: LaunchPlan, wanted: string): boolean {
  return steps.some(({ id }) => id === wanted);
}

function requireStep(plan: LaunchPlan, wanted: string): void {
  if (hasStep(plan, wanted)) return;
  throw new EngineError("invalidValue", `the plan has no step ${JSON.stringify(wanted.slice(0, 100))}`, {
    hint: "brig plan run shows the steps and their names",
  });
}
