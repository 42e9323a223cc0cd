export { lenderOf } from "./borrowedMounts.ts";
export { comparePlans, type FieldChange, type PlanDifference, type StepChange } from "./comparePlans.ts";
export { compileExec } from "./compileExec.ts";
export { compilePlan } from "./compilePlan.ts";
export { allowsEveryDevice, compileDeviceFilter } from "./deviceFilter.ts";
export { defaultDeviceRules, forbidAllDevices, normalizeDeviceRules, parseDeviceCgroupRule } from "./deviceRules.ts";
export { encodePlan, encodeRecord } from "./encodePlan.ts";
export type { ExecRequest } from "./execRequest.ts";
export { executeNetwork, type NetworkExecution } from "./executeNetwork.ts";
export { formatPlan, type PlanLanguage } from "./formatPlan.ts";
export { formatChangedStep, formatPlanDifference } from "./formatPlanDifference.ts";
export * from "./hardening.ts";
export type { HealthRequest, UnhealthyAction } from "./healthRequest.ts";
export { dismissHelper, type WaitingHelper } from "./helperProcess.ts";
export {
  type DetachedLaunch,
  type ExitedLaunch,
  type FailedLaunch,
  type LaunchOutcome,
  type LaunchPause,
  type LaunchSettings,
  launch,
  launchDetached,
  openLauncher,
  type StartedLaunch,
} from "./launch.ts";
export type {
  CgroupPlan,
  DeviceNode,
  DirectoryRoot,
  LaunchRequest,
  NamespaceTarget,
  OverlayRoot,
} from "./launchRequest.ts";
export type { FieldValue, LaunchPhase, LaunchPlan, LaunchStep } from "./plan.ts";
export { probeFeatures } from "./probeFeatures.ts";
export {
  type ComparedPurpose,
  comparePurposes,
  groupHelperCalls,
  type LaunchCalls,
  newRuntimeTrace,
  type RuntimeTrace,
} from "./purpose/compareLaunches.ts";
export type { PurposePhase, PurposePlaces } from "./purpose/purposes.ts";
export {
  type RootFile,
  type RootFilesRequest,
  type RunningFilesRequest,
  readRootFiles,
  readRunningFiles,
} from "./readRootFiles.ts";
export type { RootView, ViewBind } from "./rootView.ts";
export type { RunStreams } from "./runStreams.ts";
export { type NativeArch, nativeArch } from "./seccomp/architectures.ts";
export { type CallQuestion, nativeCalls, passingAbis } from "./seccomp/askFilter.ts";
export { cachedProgram, type ProgramRequest } from "./seccomp/cachedProgram.ts";
export { type CallVerdict, judgeCalls } from "./seccomp/judgeCalls.ts";
export { callsByCapability } from "./seccomp/profileTable.ts";
export { type SignalRequest, signalProcess } from "./signalProcess.ts";
export type { StepReport } from "./stepReport.ts";
export { answerPause, type PauseAnswer } from "./stops/answerPause.ts";
export { type BreakPoint, parseBreakPoints, type WantedStops } from "./stops/breakPoint.ts";
export { placeStops, type SteppedPlan, type StopPlace } from "./stops/placeStops.ts";
export {
  type ReadLayerRequest,
  type ReadTreeRequest,
  readLayer,
  readTree,
  startTreeWriter,
  type TreeSource,
} from "./treeProcess.ts";
export type { UnrolledFile } from "./unroll/unrolling.ts";
export { unrollPlan } from "./unroll/unrollPlan.ts";
export { attachTracer, type Tracer, type TracerRequest } from "./verify/attachTracer.ts";
export { straceForm } from "./verify/tracedCall.ts";
export type { LaunchTrace } from "./verify/tracedProcesses.ts";
export { type Disagreement, type JournalVerification, verifyJournal } from "./verify/verifyJournal.ts";
