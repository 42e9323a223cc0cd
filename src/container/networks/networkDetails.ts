import type { NetworkRecord, NetworkSubnet } from "../../network/index.ts";
import type { NetworkMember } from "./networkMembers.ts";

/** What `network inspect` prints: Docker's names and order. */
export interface NetworkDetails {
  readonly Name: string;
  readonly Id: string;
  readonly Created: string;
  readonly Scope: "local";
  readonly Driver: string;
  readonly EnableIPv4: boolean;
  readonly EnableIPv6: boolean;
  readonly IPAM: {
    readonly Driver: "default";
    readonly Options: Readonly<Record<string, string>>;
    readonly Config: readonly IpamConfig[];
  };
  readonly Internal: boolean;
  readonly Attachable: boolean;
  readonly Ingress: false;
  readonly ConfigFrom: { readonly Network: "" };
  readonly ConfigOnly: false;
  readonly Containers: Readonly<Record<string, MemberDetails>>;
  readonly Options: Readonly<Record<string, string>>;
  readonly Labels: Readonly<Record<string, string>>;
}

export interface IpamConfig {
  readonly Subnet: string;
  readonly IPRange?: string;
  readonly Gateway?: string;
  readonly AuxiliaryAddresses?: Readonly<Record<string, string>>;
}

export interface MemberDetails {
  readonly Name: string;
  readonly EndpointID: string;
  readonly MacAddress: string;
  readonly IPv4Address: string;
  readonly IPv6Address: string;
}

/** Describes a network with its running containers. Pure. */
export function describeNetworkRecord(record: NetworkRecord, members: readonly NetworkMember[]): NetworkDetails {
  return {
    ...bareNetwork({ name: record.name, id: record.id, driver: record.driver, created: record.created }),
    EnableIPv4: record.subnets.some(({ family }) => family === 4),
    EnableIPv6: record.ipv6,
    IPAM: { Driver: "default", Options: {}, Config: record.subnets.map(ipamConfig) },
    Internal: record.internal,
    Attachable: record.attachable,
    Containers: Object.assign(Object.create(null), Object.fromEntries(members.map(memberDetails))),
    Options: record.options,
    Labels: record.labels,
  };
}

/** A network that is only a word: `host`, `none`. */
export function bareNetwork({
  name,
  id,
  driver,
  created,
}: {
  readonly name: string;
  readonly id: string;
  readonly driver: string;
  readonly created: string;
}): NetworkDetails {
  return {
    Name: name,
    Id: id,
    Created: created,
    Scope: "local",
    Driver: driver,
    EnableIPv4: true,
    EnableIPv6: false,
    IPAM: { Driver: "default", Options: {}, Config: [] },
    Internal: false,
    Attachable: false,
    Ingress: false,
    ConfigFrom: { Network: "" },
    ConfigOnly: false,
    Containers: {},
    Options: {},
    Labels: {},
  };
}

function ipamConfig({ subnet, ipRange, gateway, auxAddresses }: NetworkSubnet): IpamConfig {
  return {
    Subnet: subnet,
    ...(ipRange === undefined ? {} : { IPRange: ipRange }),
    ...(gateway === undefined ? {} : { Gateway: gateway }),
    ...(Object.keys(auxAddresses).length === 0 ? {} : { AuxiliaryAddresses: auxAddresses }),
  };
}

function memberDetails({ record, endpoint }: NetworkMember): readonly [string, MemberDetails] {
  const { id, mac, ipv4, ipv6 } = endpoint;
  const text = (one: typeof ipv4) => (one === undefined ? "" : `${one.address}/${one.prefixLength}`);
  return [
    record.id,
    { Name: record.name, EndpointID: id, MacAddress: mac, IPv4Address: text(ipv4), IPv6Address: text(ipv6) },
  ];
}
