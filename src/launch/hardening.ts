export {
  type DefaultMountsRequest,
  defaultMounts,
  defaultShmBytes,
  type ShmRequest,
} from "./hardening/defaultMounts.ts";
export { planSeccomp, type SeccompRequest } from "./hardening/planSeccomp.ts";
export {
  parseHardLimits,
  parseUlimit,
  planRlimits,
  type Rlimit,
  type RlimitPlan,
  type RlimitRequest,
} from "./hardening/rlimits.ts";
export { parseSecurityOptions, type SecurityOptions, type SecurityProfile } from "./hardening/securityOptions.ts";
export { planSysctls, type SysctlRequest } from "./hardening/sysctls.ts";
export {
  processorsWithThermalThrottle,
  type SystemPaths,
  type SystemPathsRequest,
  systemPaths,
} from "./hardening/systemPaths.ts";
