import type { ContainerRecord } from "../state/containerRecord.ts";
import type { EndpointDetails, NetworkSettingsDetails } from "./containerDetails.ts";
import { membersOf } from "./describeHostConfig.ts";

/** An end of a network that has no addresses: none, and the host's. */
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

/** NetworkSettings of Docker's inspect. Pure. */
export function describeNetwork({ networks = [] }: ContainerRecord, pid: number): NetworkSettingsDetails {
  return {
    Bridge: "",
    SandboxID: "",
    SandboxKey: pid === 0 ? "" : `/proc/${pid}/ns/net`,
    Ports: {},
    HairpinMode: false,
    LinkLocalIPv6Address: "",
    LinkLocalIPv6PrefixLen: 0,
    SecondaryIPAddresses: null,
    SecondaryIPv6Addresses: null,
    EndpointID: "",
    Gateway: "",
    GlobalIPv6Address: "",
    GlobalIPv6PrefixLen: 0,
    IPAddress: "",
    IPPrefixLen: 0,
    IPv6Gateway: "",
    MacAddress: "",
    Networks: membersOf(networks.map((name) => [name, bareEndpoint] as const)),
  };
}
