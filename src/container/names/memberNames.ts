import { EngineError } from "../../base/index.ts";
import {
  type ContainerNetwork,
  countChanges,
  defaultNetworkName,
  formatLines,
  holderOf,
  listLeases,
  readContainerNetwork,
} from "../../network/index.ts";
import { type ContainerPaths, containerPaths } from "../state/containerPaths.ts";
import type { StatePlaces } from "../state/liveState.ts";
import { readBootId } from "../state/processIdentity.ts";
import { isUp } from "../state/startMark.ts";

/** A running or starting container of a network in which containers find each other by name. */
export interface NamedMember {
  readonly id: string;
  readonly paths: ContainerPaths;
  readonly network: ContainerNetwork;
}

/** Who was in networks, and what they were called, when each was asked for first. What many members need is read once. */
export interface NamesLook {
  readonly membersOf: (network: string) => readonly NamedMember[];
  /** Lines of hosts files with all members. */
  readonly linesOf: (network: string) => string;
  /** Whether nobody has changed any of these networks since. */
  readonly isCurrent: () => boolean;
}

interface Looked {
  readonly changes: number;
  readonly members: readonly NamedMember[];
  readonly lines: string;
}

/** Begins a look. */
export function lookAtNames(places: StatePlaces): NamesLook {
  const looked = new Map<string, Looked>();
  const look = (network: string): Looked => {
    const known = looked.get(network);
    if (known !== undefined) return known;
    const changes = countChanges(places.root, network); // before the members are
    const members = namedMembers(network, places);
    const lines = members.map((member) => linesOf(member, network)).join("");
    looked.set(network, { changes, members, lines });
    return { changes, members, lines };
  };
  return {
    membersOf: (network) => look(network).members,
    linesOf: (network) => look(network).lines,
    isCurrent: () => [...looked].every(([network, { changes }]) => countChanges(places.root, network) === changes),
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
    const own = readContainerNetwork(paths.directory);
    return own.endpoints.some((one) => one.network === network) ? [{ id, paths, network: own }] : [];
  } catch (error) {
    // It is being removed at this moment, or its records are damaged: its names lead nowhere either way.
    if (error instanceof EngineError) return [];
    throw error;
  }
}

/** What a container is called by the members of a network. */
function linesOf({ network: { endpoints } }: NamedMember, network: string): string {
  const own = endpoints.filter((endpoint) => endpoint.network === network);
  return formatLines(
    own.flatMap(({ ipv4, ipv6, dnsNames }) =>
      [ipv4, ipv6].flatMap((one) => (one === undefined ? [] : [{ address: one.address, names: dnsNames }])),
    ),
  );
}
