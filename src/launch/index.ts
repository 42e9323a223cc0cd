export { compilePlan } from "./compilePlan.ts";
export { allowsEveryDevice, compileDeviceFilter } from "./deviceFilter.ts";
export { defaultDeviceRules, forbidAllDevices, normalizeDeviceRules, parseDeviceCgroupRule } from "./deviceRules.ts";
export { encodePlan } from "./encodePlan.ts";
export { formatPlan } from "./formatPlan.ts";
export * from "./hardening.ts";
export { type ExitedLaunch, type FailedLaunch, type LaunchOutcome, type LaunchSettings, launch } from "./launch.ts";
export type {
  CgroupPlan,
  DeviceNode,
  DirectoryRoot,
  LaunchRequest,
  NamespaceTarget,
  OverlayRoot,
} from "./launchRequest.ts";
export type { FieldValue, LaunchPhase, LaunchPlan, LaunchStep } from "./plan.ts";
export { type RootFile, type RootFilesRequest, readRootFiles } from "./readRootFiles.ts";
export type { RunStreams } from "./runStreams.ts";
export { type NativeArch, nativeArch } from "./seccomp/architectures.ts";
export { cachedProgram, type ProgramRequest } from "./seccomp/cachedProgram.ts";
export type { StepReport } from "./stepReport.ts";
