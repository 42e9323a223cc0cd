export {
  type CapabilityProfile,
  type CapabilityRequest,
  capabilitySets,
  dockerCapabilities,
  parseCapability,
  type ResolvedCapabilities,
  resolveCapabilities,
} from "./capabilities.ts";
export { allCapabilities, capabilityMask, capabilityNames, capabilityNumber } from "./capabilityNames.ts";
export {
  commonHostId,
  foreseenIds,
  formatFileIdMap,
  formatIdMap,
  type IdMaps,
  idMappings,
  largestGroupId,
  mappedIdCount,
  mappingProblem,
} from "./idMaps.ts";
export {
  builtInPools,
  type IdPool,
  idsPerRange,
  parseIdPool,
  readIdPools,
  requireLargePool,
  subordinatePools,
} from "./idPools.ts";
export {
  type IdRange,
  type IdRangeRequest,
  releaseIdRange,
  releaseIdRangesOf,
  reserveIdRange,
  type SharedRange,
  shareEnd,
  shareIdRange,
} from "./idRanges.ts";
export { type NamespaceMode, parseNamespaceMode } from "./modes.ts";
export {
  type NamespaceJoin,
  type NamespacePlan,
  type NamespaceRequest,
  planNamespaces,
  type UsernsReason,
} from "./namespaces.ts";
export { type OwnIds, ownIdCount, parseUserns, type UsernsMode } from "./userns.ts";
