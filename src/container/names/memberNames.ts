import { EngineError } from "../../base/index.ts";
import {
  type ContainerNetwork,
  defaultNetworkName,
  type Endpoint,
  formatLines,
  holderOf,
  listLeases,
  readContainerNetwork,
} from "../../network/index.ts";
import { type ContainerPaths, containerPaths } from "../state/containerPaths.ts";
import { readContainerRecord } from "../state/containerRecord.ts";
import type { StatePlaces } from "../state/liveState.ts";
import { readBootId } from "../state/processIdentity.ts";
import { isUp } from "../state/startMark.ts";

/** A running or starting container of a network in which containers find each other by name. */
export interface NamedMember {
  readonly id: string;
  readonly name: string;
  readonly paths: ContainerPaths;
  readonly network: ContainerNetwork;
  /** What the hosts files of the other members say of it. */
  readonly lines: string;
}

/** Looks up the members of a network. */
export type MembersOf = (network: string) => readonly NamedMember[];

/** One look at each network, however often it is asked for: what many members need is read once. */
export function lookOnce(places: StatePlaces): MembersOf {
  const looked = new Map<string, readonly NamedMember[]>();
  return (network) => {
    const members = looked.get(network) ?? namedMembers(network, places);
    looked.set(network, members);
    return members;
  };
}

/** Whether members of a network know each other's names: in every network but the default one, as in Docker. */
export function hasNames(network: string): boolean {
  return network !== defaultNetworkName;
}

/** The members of a network that run or are being started, by the order of their addresses. Damaged ones are left out. */
function namedMembers(network: string, places: StatePlaces): readonly NamedMember[] {
  const { root, runRoot } = places;
  const bootId = readBootId();
  const holders = listLeases(root, network).flatMap((address) => holderOf(root, network, address) ?? []);
  return [...new Set(holders)]
    .sort()
    .filter((id) => isUp({ root, runRoot, bootId }, id))
    .flatMap((id) => readMember(id, network, root));
}

function readMember(id: string, network: string, root: string): readonly NamedMember[] {
  const paths = containerPaths(root, id);
  try {
    const name = readContainerRecord(paths.record)?.name;
    const own = readContainerNetwork(paths.directory);
    const endpoint = own.endpoints.find((one) => one.network === network);
    if (name === undefined || endpoint === undefined) return [];
    return [{ id, name, paths, network: own, lines: linesOf(endpoint) }];
  } catch (error) {
    // It is being removed at this moment, or its records are damaged: its names lead nowhere either way.
    if (error instanceof EngineError) return [];
    throw error;
  }
}

/** What a container is called by the other members of its network. */
function linesOf({ ipv4, ipv6, dnsNames }: Endpoint): string {
  return formatLines(
    [ipv4, ipv6].flatMap((one) => (one === undefined ? [] : [{ address: one.address, names: dnsNames }])),
  );
}
