import { parseAddress } from "../addresses/ipAddress.ts";
import { contains, parseSubnet } from "../addresses/subnet.ts";
import type { NetworkRecord } from "../networkRecord.ts";
import type { ToolStep } from "../networkSteps.ts";
import type { NetworkFacts } from "../planNetwork.ts";
import { wildcard } from "../ports/addresses.ts";
import { elementsOf } from "../ports/portPath.ts";
import { nftDocument } from "../ruleset/nftJson.ts";
import { portMaps, type TranslatedPort, unpublishElements } from "../ruleset/portMaps.ts";

export interface StrayRequest {
  /** What `nft -j list ruleset` prints. */
  readonly ruleset: unknown;
  readonly records: readonly NetworkRecord[];
  /** The ports of all containers that run or are being started. */
  readonly known: readonly TranslatedPort[];
}

/**
 * Published ports in the kernel that lead into one of these networks, but to no container that runs. Those that lead
 * elsewhere are somebody else's: engines with other data roots share the table. Pure.
 */
export function findStrayPorts({ ruleset, records, known }: StrayRequest): readonly TranslatedPort[] {
  const subnets = records.flatMap(({ subnets: own }) => own.flatMap(({ subnet }) => parseSubnet(subnet) ?? []));
  const wanted = new Set(known.map(keyOf));
  const isOurs = (text: string): boolean => {
    const address = parseAddress(text);
    return address !== undefined && subnets.some((subnet) => contains(subnet, address));
  };
  return publishedInKernel(ruleset).filter((port) => isOurs(port.address) && !wanted.has(keyOf(port)));
}

function keyOf({ protocol, hostIp, hostPort, address }: TranslatedPort): string {
  return `${protocol} ${hostIp} ${hostPort} ${address}`;
}

function publishedInKernel(ruleset: unknown): readonly TranslatedPort[] {
  return portMaps.flatMap(({ family, exact, addresses, numbers }) => {
    const ports = new Map(elementsOf(ruleset, numbers).map(({ key, value }) => [JSON.stringify(key), value]));
    return elementsOf(ruleset, addresses).flatMap(({ key, value }) => {
      const [protocol, hostIp, hostPort] = exact ? key : [key[0], wildcard[family], key[1]];
      const containerPort = ports.get(JSON.stringify(key)) ?? 1; // any will do to take half a pair away
      const isPort = isProtocol(protocol) && typeof hostIp === "string" && typeof hostPort === "number";
      return isPort && typeof value === "string" && typeof containerPort === "number"
        ? [{ protocol, hostIp, hostPort, containerPort, address: value }]
        : [];
    });
  });
}

function isProtocol(value: unknown): value is TranslatedPort["protocol"] {
  return value === "tcp" || value === "udp" || value === "sctp";
}

/** Takes ports away from the kernel. */
export function withdrawStrays(ports: readonly TranslatedPort[], { tools }: NetworkFacts): readonly ToolStep[] {
  return [
    {
      kind: "tool",
      id: "net.ports.stray",
      program: tools.nft,
      argv: ["nft", "-j", "-f", "-"],
      input: nftDocument(unpublishElements(ports)),
      inside: false,
      why: "the container that they led to does not run",
    },
  ];
}
