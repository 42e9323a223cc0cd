/** The kinds of networks. `host` and `none` have no record: their names say everything. */
export type NetworkDriver = "bridge" | "macvlan" | "ipvlan";

/** One range of addresses of a network. Addresses are in their shortest form, prefixes as `address/length`. */
export interface NetworkSubnet {
  readonly family: 4 | 6;
  /** `10.200.0.0/24` */
  readonly subnet: string;
  /** Absent: nothing leads out of the network here (`-o parent` without a gateway, ipvlan in mode l3). */
  readonly gateway?: string;
  /** Where addresses are given out, when that is only a part of the subnet. */
  readonly ipRange?: string;
  /** Names and addresses that are never given out. */
  readonly auxAddresses: Readonly<Record<string, string>>;
}

/** `<root>/networks/<name>/network.json`: written once, when the network is made. */
export interface NetworkRecord {
  readonly version: 1;
  readonly name: string;
  /** 64 hexadecimal digits. */
  readonly id: string;
  readonly driver: NetworkDriver;
  /** RFC 3339. */
  readonly created: string;
  readonly subnets: readonly NetworkSubnet[];
  /** Nothing leads out of it and nothing in. */
  readonly internal: boolean;
  readonly ipv6: boolean;
  readonly attachable: boolean;
  /** Options of the driver as given (`-o`), `com.docker.network.driver.mtu` among them. */
  readonly options: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Of its interfaces, in bytes. */
  readonly mtu: number;
  /** The interface of the host that the network is made of: a bridge of brig's, or the parent of macvlan and ipvlan. */
  readonly hostInterface: string;
  /** Of ipvlan: `l2`, `l3` or `l3s`; of macvlan: `bridge`, `private`, `vepa` or `passthru`. */
  readonly mode?: string;
}

/** The network of containers that name none; made at its first use. */
export const defaultNetworkName = "bridge";
export const defaultBridgeInterface = "brig0";
