import type { PortRequest } from "./ports/portRequest.ts";

/** The end of a network in one container. What can be undefined was not asked for or does not exist there. */
export interface Endpoint {
  /** The network's name. */
  readonly network: string;
  readonly networkId: string;
  /** 64 hexadecimal digits, a pure function of container and network. */
  readonly id: string;
  /** In the container: `eth0`. */
  readonly interfaceName: string;
  /** On the host, for a bridge: a pure function of container and network (`hostInterfaceName`). */
  readonly hostInterface?: string;
  /** `02:42:0a:c8:00:02` */
  readonly mac: string;
  readonly ipv4?: InterfaceAddress;
  readonly ipv6?: InterfaceAddress;
  /** What the user gave (`--network-alias`). */
  readonly aliases: readonly string[];
  /** Every name that other members find it by: its name, its aliases, its short id, its host name; never empty on a user's network. */
  readonly dnsNames: readonly string[];
  /** `--link NAME[:ALIAS]` of this endpoint, as given. */
  readonly links: readonly string[];
  /** The endpoint with the highest one has the default route; the first one among equals. */
  readonly gatewayPriority: number;
  /** Bits a second, in each direction. */
  readonly rateBits?: number;
  /** What the user asked for rather than was given; it is asked for again when the endpoint is made anew. */
  readonly wanted: { readonly ipv4?: string; readonly ipv6?: string; readonly mac?: string };
}

export interface InterfaceAddress {
  readonly address: string;
  readonly prefixLength: number;
  readonly gateway?: string;
}

export type PortProtocol = "tcp" | "udp" | "sctp";

/** One published port. Ranges are written out, ephemeral ports chosen. */
export interface PublishedPort {
  /** `0.0.0.0` and `::` are every address of their family. */
  readonly hostIp: string;
  readonly hostPort: number;
  readonly containerPort: number;
  readonly protocol: PortProtocol;
}

/**
 * `containers/<id>/network.json`: the networks and published ports of a container that has an interface of its own.
 * Containers with `none`, `host` or another container's network have none, and nothing looks for one.
 */
export interface ContainerNetwork {
  readonly version: 1;
  readonly endpoints: readonly Endpoint[];
  readonly ports: readonly PublishedPort[];
  /** What was asked for; ports of the host are chosen anew at every start. Absent: nothing. */
  readonly wantedPorts?: readonly PortRequest[];
}
