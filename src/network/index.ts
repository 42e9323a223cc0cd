export type {
  ContainerNetwork,
  Endpoint,
  InterfaceAddress,
  PortProtocol,
  PublishedPort,
} from "./containerNetwork.ts";
export { bridgeInterfaceName, endpointId, hostInterfaceName } from "./interfaceNames.ts";
export {
  defaultBridgeInterface,
  defaultNetworkName,
  type NetworkDriver,
  type NetworkRecord,
  type NetworkSubnet,
} from "./networkRecord.ts";
export type { NetworkStep, NetworkSteps, SettingStep, ToolStep } from "./networkSteps.ts";
export {
  listNetworkRecords,
  networkDirectory,
  networksDirectory,
  readContainerNetwork,
  readNetworkRecord,
  writeContainerNetwork,
} from "./networkStore.ts";
export { type NetworkFacts, type NetworkPlanRequest, planNetwork } from "./planNetwork.ts";
export type { Family } from "./ports/addresses.ts";
export { choosePorts, type PortChoice, releasePorts } from "./ports/choosePorts.ts";
export { formatPorts } from "./ports/formatPorts.ts";
export { parseExpose, parseImagePorts, parsePublish } from "./ports/parsePorts.ts";
export { portFiles, publishingEndpoint, translatePorts } from "./ports/planPorts.ts";
export { type ExposedPort, formatExposedPort, type PortRange, type PortRequest } from "./ports/portRequest.ts";
export { findTool } from "./tools.ts";
