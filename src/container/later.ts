import type { ContainerStudies, StudyPlaces } from "./openStudies.ts";
import type { DiffPlansRequest, RunDifference } from "./run/diffPlans.ts";
import type { EngineContext } from "./run/engineContext.ts";
import type { MakeRequest } from "./run/runContainer.ts";
import type { UnrolledRun, UnrollRunRequest } from "./run/unrollRun.ts";
import type { CompareRuncRequest, RuncComparison } from "./runc/compareRunc.ts";
import type { SteppedRun, StepRunRequest } from "./step/stepRun.ts";
import type { EngineStore } from "./store/openStore.ts";

/*
 * What the door offers and a command rarely needs: each of these loads its file when it is first called.
 */

/** `openStore` of store/openStore.ts, which nothing needs that runs a container. */
export async function openStore(context: EngineContext): Promise<EngineStore> {
  return (await import("./store/openStore.ts")).openStore(context);
}

/** `diffPlans` of run/diffPlans.ts, for the same reason. */
export async function diffPlans(request: DiffPlansRequest, context: EngineContext): Promise<RunDifference> {
  return (await import("./run/diffPlans.ts")).diffPlans(request, context);
}

/** `openStudies` of openStudies.ts, for the same reason. */
export async function openStudies(places: StudyPlaces): Promise<ContainerStudies> {
  return (await import("./openStudies.ts")).openStudies(places);
}

/** `verifyRun` of verify/verifyRun.ts, which only a launch that is traced needs. */
export async function verifyRun<Request extends MakeRequest, Report>(
  run: (request: Request, context: EngineContext) => Promise<Report>,
  request: Request,
  context: EngineContext,
): Promise<Report> {
  return (await import("./verify/verifyRun.ts")).verifyRun(run, request, context);
}

/** `compareRunc` of runc/compareRunc.ts, for the same reason. */
export async function compareRunc(request: CompareRuncRequest, context: EngineContext): Promise<RuncComparison> {
  return (await import("./runc/compareRunc.ts")).compareRunc(request, context);
}

/** `unrollRun` of run/unrollRun.ts, which nothing needs that runs a container. */
export async function unrollRun(request: UnrollRunRequest, context: EngineContext): Promise<UnrolledRun> {
  return (await import("./run/unrollRun.ts")).unrollRun(request, context);
}

/** `stepRun` of step/stepRun.ts, for the same reason. */
export async function stepRun(request: StepRunRequest, context: EngineContext): Promise<SteppedRun> {
  return (await import("./step/stepRun.ts")).stepRun(request, context);
}
