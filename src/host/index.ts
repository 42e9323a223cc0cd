export { knownControllers } from "./cgroupFacts.ts";
export type {
  CgroupFacts,
  ControllerPlace,
  HostFacts,
  HostPaths,
  KernelVersion,
  ResourceLimit,
  SecurityModules,
} from "./hostFacts.ts";
export { type FeatureAnswer, type FeatureMap, type FeatureName, offers } from "./kernelFeatures.ts";
export { probeHost } from "./probeHost.ts";
