export { type HostRoute, readHostRoutes } from "./addresses/hostRoutes.ts";
export { formatSubnet, parseSubnet } from "./addresses/subnet.ts";
export { type KernelState, readKernelState } from "./check/kernelState.ts";
export { findLinkFaults, findNetworkFaults } from "./check/networkFaults.ts";
export { type OwnRules, readOwnRules, type ShownChain, type ShownElement } from "./check/ownRules.ts";
export { readTool } from "./check/readTool.ts";
export { findStrayPorts, withdrawStrays } from "./check/strayPorts.ts";
export type {
  ContainerNetwork,
  Endpoint,
  InterfaceAddress,
  PortProtocol,
  PublishedPort,
} from "./containerNetwork.ts";
export {
  type EndpointRequest,
  freeInterfaceName,
  type NetworkChoice,
  releaseEndpoint,
  takeEndpoint,
} from "./endpoints.ts";
export { checkForwarding } from "./forwarding/checkForwarding.ts";
export { readRuleset } from "./forwarding/readRuleset.ts";
export { interfaceNames } from "./hostInterfaces.ts";
export { bridgeInterfaceName, endpointId, hostInterfaceName } from "./interfaceNames.ts";
export { holderOf, listLeases, releaseLease, releaseLeasesOf } from "./leases.ts";
export { countChanges, markChanged } from "./names/changeMark.ts";
export {
  type ChangingHosts,
  changingHosts,
  formatHosts,
  formatLines,
  type HostsLine,
  replaceHosts,
  replaceNames,
} from "./names/hostsFile.ts";
export { type Link, linkVariables, parseLink } from "./names/links.ts";
export {
  addNote,
  type KnownMember,
  listNotes,
  type MemberNote,
  noteLines,
  removeNotes,
  writeNote,
} from "./names/memberNotes.ts";
export { type FileEnd, rewriteInPlace, rewritingRoom } from "./names/rewriteInPlace.ts";
export {
  defaultBridgeInterface,
  defaultNetworkName,
  type NetworkDriver,
  type NetworkRecord,
  type NetworkSubnet,
} from "./networkRecord.ts";
export { type NetworkRequest, predefinedNames } from "./networkRequest.ts";
export type { NetworkStep, NetworkSteps, SettingStep, ToolStep } from "./networkSteps.ts";
export {
  addNetworkRecord,
  forgetRemoved,
  hideNetworkRecord,
  listDamagedNetworks,
  listHalfMade,
  listNetworkRecords,
  listRemoved,
  networkDirectory,
  networkNames,
  networksDirectory,
  type RemovedNetwork,
  readContainerNetwork,
  readNetworkRecord,
  writeContainerNetwork,
} from "./networkStore.ts";
export { attachmentFiles, attachmentLines, insideSettings, planAttachment } from "./plan/planAttachment.ts";
export { planDetachment, planNetworkDown } from "./plan/planNetworkDown.ts";
export { planLinkRepair, planNetworkRepair } from "./plan/planNetworkRepair.ts";
export { interfaceMark, interfacesDirectory, planNetworkUp } from "./plan/planNetworkUp.ts";
export { type NetworkFacts, type NetworkPlanRequest, planNetwork } from "./planNetwork.ts";
export { nameTaken, planNetworkRecord } from "./planNetworkRecord.ts";
export type { Family } from "./ports/addresses.ts";
export { formatHost, formatSocket, isWildcard } from "./ports/addresses.ts";
export { changePublished, portDocuments } from "./ports/changePublished.ts";
export { choosePorts, type PortChoice, releasePorts } from "./ports/choosePorts.ts";
export { formatPorts } from "./ports/formatPorts.ts";
export { findHolder, findSocket, readHostSockets } from "./ports/hostSockets.ts";
export { parseExpose, parseImagePorts, parsePublish } from "./ports/parsePorts.ts";
export { portFiles, publishingEndpoint, translatePorts } from "./ports/planPorts.ts";
export { findTranslation, type Translation } from "./ports/portPath.ts";
export { type ExposedPort, formatExposedPort, type PortRange, type PortRequest } from "./ports/portRequest.ts";
export { releasePortsOf } from "./ports/portReservations.ts";
export { findTool, lookForTool } from "./tools.ts";
