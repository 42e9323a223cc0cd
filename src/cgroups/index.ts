export { blockDeviceNumber } from "./blockDevice.ts";
export type { CgroupParent, CgroupWrite, DelegatedUnit, GroupPlan } from "./cgroupPlan.ts";
export { checkUnit, seeUnit, type UnitSight } from "./checkUnit.ts";
export { offeredControllers, requireController } from "./controllers.ts";
export { isKept, unitArguments, unitGroups, withoutUnit } from "./delegatedUnit.ts";
export { containersDirectory } from "./groupPath.ts";
export { limitsToResources } from "./limitsToResources.ts";
export { groupsIn, liveGroupFiles } from "./liveGroup.ts";
export { type CgroupRequest, planCgroup } from "./planCgroup.ts";
export { type Pressure, type PressureResource, type Pressures, readPressures, type Stall } from "./pressure.ts";
export type { DeviceRate, ResourceLimits } from "./resourceLimits.ts";
export {
  type GroupEvents,
  type GroupFile,
  type GroupStatistics,
  groupFiles,
  type MemoryEvents,
  numberIn,
  readEvents,
  readStatistics,
} from "./statistics.ts";
