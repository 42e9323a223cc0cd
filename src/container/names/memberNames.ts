import { EngineError } from "../../base/index.ts";
import {
  type ContainerNetwork,
  defaultNetworkName,
  type Endpoint,
  type HostsLine,
  holderOf,
  listLeases,
  readContainerNetwork,
} from "../../network/index.ts";
import { type ContainerPaths, containerPaths } from "../state/containerPaths.ts";
import { readContainerRecord } from "../state/containerRecord.ts";
import type { StatePlaces } from "../state/liveState.ts";
import { isUp } from "../state/startMark.ts";

/** A running or starting container of a network in which containers find each other by name. */
export interface NamedMember {
  readonly id: string;
  readonly name: string;
  readonly paths: ContainerPaths;
  readonly network: ContainerNetwork;
  readonly endpoint: Endpoint;
}

/** Whether members of a network know each other's names: in every network but the default one, as in Docker. */
export function hasNames(network: string): boolean {
  return network !== defaultNetworkName;
}

/** The members of a network that run or are being started, by the order of their addresses. Damaged ones are left out. */
export function namedMembers(network: string, places: StatePlaces): readonly NamedMember[] {
  const { root } = places;
  const holders = listLeases(root, network).flatMap((address) => holderOf(root, network, address) ?? []);
  return [...new Set(holders)]
    .sort()
    .filter((id) => isUp(places, id))
    .flatMap((id) => readMember(id, network, root));
}

function readMember(id: string, network: string, root: string): readonly NamedMember[] {
  const paths = containerPaths(root, id);
  try {
    const name = readContainerRecord(paths.record)?.name;
    const own = readContainerNetwork(paths.directory);
    const endpoint = own.endpoints.find((one) => one.network === network);
    return name === undefined || endpoint === undefined ? [] : [{ id, name, paths, network: own, endpoint }];
  } catch (error) {
    // It is being removed at this moment, or its records are damaged: its names lead nowhere either way.
    if (error instanceof EngineError) return [];
    throw error;
  }
}

/** What a container is called by the other members of its network. */
export function linesOfMember({ endpoint: { ipv4, ipv6, dnsNames } }: NamedMember): readonly HostsLine[] {
  return [ipv4, ipv6].flatMap((one) => (one === undefined ? [] : [{ address: one.address, names: dnsNames }]));
}
