export { knownControllers } from "./cgroupFacts.ts";
export { runDoctor } from "./doctor.ts";
export type { DoctorCheck } from "./doctorCheck.ts";
export { nearestDirectory, readFeatureCache, writeFeatureCache } from "./featureCache.ts";
export type {
  AppArmorFacts,
  CgroupFacts,
  ControllerPlace,
  HostFacts,
  HostPaths,
  KernelVersion,
  ResourceLimit,
  SecurityModules,
  SelinuxContexts,
} from "./hostFacts.ts";
export { type HostCounts, type HostSummary, summarizeHost } from "./hostSummary.ts";
export { type FeatureAnswer, type FeatureMap, type FeatureName, featureNames, offers } from "./kernelFeatures.ts";
export { mountOf, parseMounts, readMounts, type SeenMount } from "./mountTable.ts";
export { probeHost } from "./probeHost.ts";
export { kernelFloor } from "./systemChecks.ts";
export { bootUnit, bootUnitName } from "./units/bootUnit.ts";
export { installUnit, type UnitChange, uninstallUnit } from "./units/installUnits.ts";
export { type BuildIdentity, reportVersion, type VersionComponent, type VersionReport } from "./versionReport.ts";
