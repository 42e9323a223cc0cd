import { EngineError, failPoint } from "../base/index.ts";
import { macOfAddress, parseAddress } from "./addresses/ipAddress.ts";
import { contains, parseSubnet } from "./addresses/subnet.ts";
import type { Endpoint, InterfaceAddress } from "./containerNetwork.ts";
import { endpointId, hostInterfaceName } from "./interfaceNames.ts";
import { releaseLease, takeLease } from "./leases.ts";
import type { NetworkRecord, NetworkSubnet } from "./networkRecord.ts";
import { defaultNetworkName } from "./networkRecord.ts";

/** What a container wants of one network: one `--network`, or a `network connect`. */
export interface NetworkChoice {
  readonly network: string;
  readonly ipv4?: string;
  readonly ipv6?: string;
  readonly mac?: string;
  readonly aliases: readonly string[];
  readonly links: readonly string[];
  readonly gatewayPriority: number;
  readonly rateBits?: number;
}

export interface EndpointRequest {
  readonly root: string;
  readonly containerId: string;
  /** Names that the container has anyway: its name, its short id, its host name. */
  readonly names: readonly string[];
  readonly record: NetworkRecord;
  readonly choice: NetworkChoice;
  /** A free one: `eth0`. */
  readonly interfaceName: string;
  readonly exists: (containerId: string) => boolean;
  /** Take nothing, only say what would be taken. */
  readonly preview?: boolean;
}

/**
 * Takes addresses for a container on a network and describes its end there. The caller gives them back with
 * `releaseEndpoint`.
 *
 * @throws EngineError as `takeLease`, `invalidValue` for an address that this network cannot have.
 */
export function takeEndpoint(request: EndpointRequest): Endpoint {
  const { record, choice, containerId, root } = request;
  checkChoice(record, choice);
  const ipv4 = takeAddress(request, 4, choice.ipv4);
  try {
    failPoint("lease.taken");
    const ipv6 = takeAddress(request, 6, choice.ipv6);
    return describeEndpoint(request, {
      ...(ipv4 === undefined ? {} : { ipv4 }),
      ...(ipv6 === undefined ? {} : { ipv6 }),
    });
  } catch (error) {
    if (ipv4 !== undefined) releaseLease(root, record.name, { address: ipv4.address, containerId });
    throw error;
  }
}

function describeEndpoint(request: EndpointRequest, addresses: Pick<Endpoint, "ipv4" | "ipv6">): Endpoint {
  const { record, choice, containerId, interfaceName, names } = request;
  const { ipv4, ipv6, mac, aliases, links, gatewayPriority, rateBits } = choice;
  return {
    network: record.name,
    networkId: record.id,
    id: endpointId(containerId, record.name),
    interfaceName,
    ...(record.driver === "bridge" ? { hostInterface: hostInterfaceName(containerId, record.name) } : {}),
    mac: mac ?? macOf(addresses.ipv4 ?? addresses.ipv6, containerId),
    ...addresses,
    aliases,
    dnsNames: record.name === defaultNetworkName ? [] : [...new Set([...names, ...aliases])],
    links,
    gatewayPriority,
    ...(rateBits === undefined ? {} : { rateBits }),
    wanted: {
      ...(ipv4 === undefined ? {} : { ipv4 }),
      ...(ipv6 === undefined ? {} : { ipv6 }),
      ...(mac === undefined ? {} : { mac }),
    },
  };
}

function checkChoice(record: NetworkRecord, { ipv4, ipv6, mac }: NetworkChoice): void {
  if (record.name === defaultNetworkName && (ipv4 !== undefined || ipv6 !== undefined)) {
    throw new EngineError("invalidValue", "user specified IP address is supported on user defined networks only", {
      hint: "make a network with brig network create --subnet ... and join it with --network",
    });
  }
  if (ipv6 !== undefined && !record.ipv6) {
    throw new EngineError("invalidValue", `the network ${record.name} has no IPv6`, { hint: "make it with --ipv6" });
  }
  if (mac !== undefined && record.driver === "ipvlan") {
    throw new EngineError("invalidValue", "ipvlan interfaces have the Ethernet address of their parent", {
      hint: "leave out the address",
    });
  }
}

function takeAddress(
  request: EndpointRequest,
  family: 4 | 6,
  wanted: string | undefined,
): InterfaceAddress | undefined {
  const { record, root, containerId, exists, preview = false } = request;
  const subnets = record.subnets.filter((one) => one.family === family);
  const subnet = subnets.find((one) => wanted === undefined || holds(one, wanted)) ?? subnets[0];
  if (subnet === undefined) return undefined;
  const lease = { root, network: record, subnet, containerId, exists, preview };
  const address = takeLease(wanted === undefined ? lease : { ...lease, wanted });
  const prefixLength = Number(subnet.subnet.split("/")[1]);
  return { address, prefixLength, ...(subnet.gateway === undefined ? {} : { gateway: subnet.gateway }) };
}

function holds({ subnet }: NetworkSubnet, wanted: string): boolean {
  const address = parseAddress(wanted);
  const range = parseSubnet(subnet);
  return address !== undefined && range !== undefined && contains(range, address);
}

function macOf(address: InterfaceAddress | undefined, containerId: string): string {
  const parsed = address === undefined ? undefined : parseAddress(address.address);
  return macOfAddress(parsed ?? { family: 4, value: BigInt(`0x${containerId.slice(0, 8)}`) });
}

/** Gives the addresses of an endpoint back. Idempotent. */
export function releaseEndpoint(root: string, containerId: string, { network, ipv4, ipv6 }: Endpoint): void {
  for (const one of [ipv4, ipv6]) {
    if (one !== undefined) releaseLease(root, network, { address: one.address, containerId });
  }
}

/** The first of eth0, eth1, ... that no endpoint has. */
export function freeInterfaceName(endpoints: readonly Pick<Endpoint, "interfaceName">[]): string {
  for (let index = 0; ; index += 1) {
    const name = `eth${index}`;
    if (!endpoints.some(({ interfaceName }) => interfaceName === name)) return name;
  }
}
