import type { ContainerNetwork, Endpoint } from "../../network/index.ts";
import type { ContainerRecord } from "../state/containerRecord.ts";
import type { EndpointDetails, NetworkSettingsDetails, PortBindings } from "./containerDetails.ts";
import { membersOf } from "./describeHostConfig.ts";

/** An end of a network that has no addresses: none, the host's, and that of a container that does not run. */
const bareEndpoint: EndpointDetails = {
  IPAMConfig: null,
  Links: null,
  Aliases: null,
  MacAddress: "",
  DriverOpts: null,
  GwPriority: 0,
  NetworkID: "",
  EndpointID: "",
  Gateway: "",
  IPAddress: "",
  IPPrefixLen: 0,
  IPv6Gateway: "",
  GlobalIPv6Address: "",
  GlobalIPv6PrefixLen: 0,
  DNSNames: null,
};

export interface NetworkFacts {
  readonly record: ContainerRecord;
  /** 0: it does not run. */
  readonly pid: number;
  readonly network?: ContainerNetwork;
}

/** NetworkSettings of Docker's inspect. Pure. */
export function describeNetwork({ record, pid, network }: NetworkFacts): NetworkSettingsDetails {
  const running = pid !== 0;
  const endpoints =
    network === undefined
      ? (record.networks ?? []).map((name) => [name, bareEndpoint] as const)
      : network.endpoints.map((endpoint) => [endpoint.network, describeEndpoint(endpoint, running)] as const);
  const first = endpoints.find(([name]) => name === "bridge")?.[1] ?? bareEndpoint;
  return {
    Bridge: "",
    SandboxID: "",
    SandboxKey: running ? `/proc/${pid}/ns/net` : "",
    Ports: describePorts(record, running ? network : undefined),
    HairpinMode: false,
    LinkLocalIPv6Address: "",
    LinkLocalIPv6PrefixLen: 0,
    SecondaryIPAddresses: null,
    SecondaryIPv6Addresses: null,
    EndpointID: first.EndpointID,
    Gateway: first.Gateway,
    GlobalIPv6Address: first.GlobalIPv6Address,
    GlobalIPv6PrefixLen: first.GlobalIPv6PrefixLen,
    IPAddress: first.IPAddress,
    IPPrefixLen: first.IPPrefixLen,
    IPv6Gateway: first.IPv6Gateway,
    MacAddress: first.MacAddress,
    Networks: membersOf(endpoints),
  };
}

/** As Docker, which gives addresses at the start, shows none of a container that does not run. */
function describeEndpoint(endpoint: Endpoint, running: boolean): EndpointDetails {
  const { ipv4, ipv6, wanted, aliases, links, dnsNames } = endpoint;
  const configured = {
    ...(wanted.ipv4 === undefined ? {} : { IPv4Address: wanted.ipv4 }),
    ...(wanted.ipv6 === undefined ? {} : { IPv6Address: wanted.ipv6 }),
  };
  const asked = {
    ...bareEndpoint,
    IPAMConfig: Object.keys(configured).length === 0 ? null : configured,
    Links: links.length === 0 ? null : links,
    Aliases: aliases.length === 0 ? null : aliases,
    GwPriority: endpoint.gatewayPriority,
    NetworkID: endpoint.networkId,
    DNSNames: dnsNames.length === 0 ? null : dnsNames,
  };
  if (!running) return asked;
  return {
    ...asked,
    MacAddress: endpoint.mac,
    EndpointID: endpoint.id,
    Gateway: ipv4?.gateway ?? "",
    IPAddress: ipv4?.address ?? "",
    IPPrefixLen: ipv4?.prefixLength ?? 0,
    IPv6Gateway: ipv6?.gateway ?? "",
    GlobalIPv6Address: ipv6?.address ?? "",
    GlobalIPv6PrefixLen: ipv6?.prefixLength ?? 0,
  };
}

/** Exposed ports that are not published are shown with null. */
function describePorts({ exposedPorts = [] }: ContainerRecord, network: ContainerNetwork | undefined): PortBindings {
  if (network === undefined) return {};
  const bindings = new Map<string, { HostIp: string; HostPort: string }[] | null>(
    exposedPorts.map((port) => [port, null]),
  );
  for (const { hostIp, hostPort, containerPort, protocol } of network.ports) {
    const key = `${containerPort}/${protocol}`;
    bindings.set(key, [...(bindings.get(key) ?? []), { HostIp: hostIp, HostPort: String(hostPort) }]);
  }
  return membersOf([...bindings]);
}
