import { newContainerId } from "../../base/index.ts";
import { comparePlans, type PlanDifference } from "../../launch/index.ts";
import type { RunOptions } from "../runOptions.ts";
import type { EngineContext } from "./engineContext.ts";
import { planRun } from "./planRun.ts";

export interface DiffPlansRequest {
  readonly before: RunOptions;
  readonly after: RunOptions;
}

/** What the plans of two requests differ in, and what the second one could not be granted. */
export interface RunDifference extends PlanDifference {
  readonly notices: readonly string[];
}

/** Plans both, for the same container, and does nothing of either. Needs no root. @throws EngineError as `planRun`. */
export async function diffPlans(request: DiffPlansRequest, context: EngineContext): Promise<RunDifference> {
  const id = newContainerId();
  const before = await planRun(request.before, context, id);
  const after = await planRun(request.after, context, id);
  return { ...comparePlans(before.plan, after.plan), notices: after.notices };
}
