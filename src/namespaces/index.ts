export {
  type CapabilityProfile,
  type CapabilityRequest,
  capabilitySets,
  parseCapability,
  type ResolvedCapabilities,
  resolveCapabilities,
} from "./capabilities.ts";
export { allCapabilities, capabilityMask, capabilityNames, capabilityNumber } from "./capabilityNames.ts";
export { formatFileIdMap, formatIdMap, idMappings, largestGroupId, mappingProblem } from "./idMaps.ts";
export {
  type IdRange,
  type IdRangeRequest,
  idsPerRange,
  releaseIdRange,
  releaseIdRangesOf,
  reserveIdRange,
} from "./idRanges.ts";
export { type NamespaceMode, parseNamespaceMode, parseUserns, type UsernsMode } from "./modes.ts";
export {
  type NamespaceJoin,
  type NamespacePlan,
  type NamespaceRequest,
  planNamespaces,
  type UsernsReason,
} from "./namespaces.ts";
export { nearestWord } from "./nearestWord.ts";
