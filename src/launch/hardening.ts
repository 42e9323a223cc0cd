export { ownAppArmorProfile } from "./hardening/appArmorProfile.ts";
export {
  type DefaultMountsRequest,
  defaultMounts,
  defaultShmBytes,
  type ShmRequest,
} from "./hardening/defaultMounts.ts";
export { type AppArmorLoad, planAppArmor, planAppArmorLoad } from "./hardening/planAppArmor.ts";
export { type Confinement, planLabels, type SelinuxLabels } from "./hardening/planLabels.ts";
export { planSeccomp, type SeccompRequest } from "./hardening/planSeccomp.ts";
export {
  parseHardLimits,
  parseUlimit,
  planRlimits,
  type Rlimit,
  type RlimitPlan,
  type RlimitRequest,
} from "./hardening/rlimits.ts";
export {
  type LabelOptions,
  parseSecurityOptions,
  type SecurityOptions,
  type SecurityProfile,
} from "./hardening/securityOptions.ts";
export { checkSysctls, planSysctls, type SysctlRequest } from "./hardening/sysctls.ts";
export {
  processorsWithThermalThrottle,
  type SystemPaths,
  type SystemPathsRequest,
  systemPaths,
} from "./hardening/systemPaths.ts";
