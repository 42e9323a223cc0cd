import {
  type ContainerNetwork,
  choosePorts,
  type Family,
  type NetworkRecord,
  type PortChoice,
  type PortRequest,
  type PublishedPort,
  publishingEndpoint,
} from "../../network/index.ts";
import { containerPaths } from "../state/containerPaths.ts";
import { readContainerRecord } from "../state/containerRecord.ts";
import type { StatePlaces } from "../state/liveState.ts";
import { isUp } from "../state/startMark.ts";

export interface PortsRequest {
  readonly id: string;
  readonly network: ContainerNetwork;
  /** Those of the networks that the container is in. */
  readonly records: readonly NetworkRecord[];
}

/**
 * Chooses and reserves the host's ports for a container that is marked as starting.
 *
 * @throws EngineError as `choosePorts`.
 */
export function portsOfStart(request: PortsRequest, places: StatePlaces): readonly PublishedPort[] {
  const requests = publishable(request);
  if (requests.length === 0) return [];
  return choosePorts({ ...choiceOf(request, places), requests });
}

/** What is asked of `choosePorts` for one container. */
export function choiceOf({ id, network, records }: PortsRequest, places: StatePlaces): Omit<PortChoice, "requests"> {
  const endpoint = publishingEndpoint(network, records);
  const families: readonly (Family | undefined)[] = [
    endpoint?.ipv4 === undefined ? undefined : 4,
    endpoint?.ipv6 === undefined ? undefined : 6,
  ];
  return {
    runRoot: places.runRoot,
    containerId: id,
    families: new Set(families.filter((family) => family !== undefined)),
    isHeld: (holder) => isUp(places, holder),
    nameOf: (holder) => readContainerRecord(containerPaths(places.root, holder).record)?.name ?? holder,
  };
}

/** The ports as they would be, without asking anybody: those that would be chosen at the start are 0. Pure. */
export function plannedPorts(request: Omit<PortsRequest, "id">): readonly PublishedPort[] {
  const endpoint = publishingEndpoint(request.network, request.records);
  return publishable(request).flatMap(({ hostIp, hostPort, containerPort, protocol }) => {
    const every = [
      ...(endpoint?.ipv4 === undefined ? [] : ["0.0.0.0"]),
      ...(endpoint?.ipv6 === undefined ? [] : ["::"]),
    ];
    const addresses = hostIp === undefined ? every : [hostIp];
    return addresses.map((address) => ({ hostIp: address, hostPort: hostPort?.first ?? 0, containerPort, protocol }));
  });
}

/** Nothing can be published where no bridge with a way out leads to the container. A network may say where ports are published. */
function publishable({ network, records }: Omit<PortsRequest, "id">): readonly PortRequest[] {
  const endpoint = publishingEndpoint(network, records);
  if (endpoint === undefined) return [];
  const address = records.find(({ name }) => name === endpoint.network)?.options[hostBinding];
  const requests = network.wantedPorts ?? [];
  if (address === undefined || address === "0.0.0.0") return requests;
  return requests.map((request) => ({ hostIp: address, ...request }));
}

const hostBinding = "com.docker.network.bridge.host_binding_ipv4";
