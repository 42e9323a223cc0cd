import type { PublishedPort } from "../containerNetwork.ts";
import { type Family, familyOf, isWildcard } from "../ports/addresses.ts";
import { addElements, deleteElements, type NftObject } from "./nftJson.ts";

/** A pair of maps: where to, and to which port there. */
export interface PortMap {
  readonly family: Family;
  /** Whether the host's address is a part of the key. */
  readonly exact: boolean;
  readonly addresses: string;
  readonly numbers: string;
  readonly key: readonly string[];
}

/** In the order in which they are asked. */
export const portMaps: readonly PortMap[] = [
  portMap(4, { exact: true }),
  portMap(4, { exact: false }),
  portMap(6, { exact: true }),
  portMap(6, { exact: false }),
];

function portMap(family: Family, { exact }: { readonly exact: boolean }): PortMap {
  const suffix = `${exact ? "-at" : ""}${family}`;
  const address = exact ? [family === 4 ? "ipv4_addr" : "ipv6_addr"] : [];
  return {
    family,
    exact,
    addresses: `address${suffix}`,
    numbers: `port${suffix}`,
    key: ["inet_proto", ...address, "inet_service"],
  };
}

/** A published port and the address of the container that it leads to, in the family of its host address. */
export interface TranslatedPort extends PublishedPort {
  readonly address: string;
}

/** Commands that make the ports reachable. Those that are there already may be given again. */
export function publishElements(ports: readonly TranslatedPort[]): readonly NftObject[] {
  return elementsOf(ports).map(({ map, elements }) => addElements(map, elements));
}

/** Commands that end it. An element that is not there any more is made first, since its absence would refuse all. */
export function unpublishElements(ports: readonly TranslatedPort[]): readonly NftObject[] {
  return elementsOf(ports).flatMap(({ map, elements }) => [addElements(map, elements), deleteElements(map, elements)]);
}

function elementsOf(
  ports: readonly TranslatedPort[],
): readonly { readonly map: string; readonly elements: readonly unknown[] }[] {
  return portMaps.flatMap(({ family, exact, addresses, numbers }) => {
    const own = ports.filter(({ hostIp }) => familyOf(hostIp) === family && isWildcard(hostIp) !== exact);
    if (own.length === 0) return [];
    return [
      { map: addresses, elements: own.map((port) => [keyOf(port, { exact }), port.address]) },
      { map: numbers, elements: own.map((port) => [keyOf(port, { exact }), port.containerPort]) },
    ];
  });
}

function keyOf({ protocol, hostIp, hostPort }: PublishedPort, { exact }: { readonly exact: boolean }): NftObject {
  return { concat: [protocol, ...(exact ? [hostIp] : []), hostPort] };
}
