import { unlessDamaged } from "../../base/index.ts";
import {
  type ChangingHosts,
  type ContainerNetwork,
  changingHosts,
  type FileEnd,
  formatLines,
  markChanged,
  readContainerNetwork,
  replaceHosts,
  replaceNames,
  rewriteInPlace,
  rewritingRoom,
} from "../../network/index.ts";
import { readContainerOptions } from "../state/containerOptions.ts";
import { containerPaths, hostsPaths } from "../state/containerPaths.ts";
import { readContainerRecord } from "../state/containerRecord.ts";
import type { StatePlaces } from "../state/liveState.ts";
import { hostsText } from "./hostsText.ts";
import { linesOfLinks } from "./links.ts";
import { lookAtNames, type NamedMember, type NamesLook } from "./memberNames.ts";
import { hasNames, type NotedContainer } from "./noteMember.ts";

/** How often names are written again because others came or went meanwhile. */
const maxRounds = 5;

/** Says that something about these networks has changed, and begins a look at them. */
export function lookAfterChange(networks: readonly string[], places: StatePlaces): NamesLook {
  for (const network of networks.filter(hasNames)) markChanged(places.root, network);
  return lookAtNames(places);
}

/**
 * Brings the hosts files of all members of these networks up to date, after somebody came, went, or was renamed. Whoever
 * changes something does it first and then calls this; it looks again when somebody else has changed something meanwhile, so
 * that of several changes at the same moment the last one to write has seen all of them. No lock is taken.
 */
export function refreshNames(
  networks: readonly string[],
  places: StatePlaces,
  first = lookAfterChange(networks, places),
): void {
  const [room, hostsOf] = [rewritingRoom(), hostsPaths(places.root)];
  let look = first;
  for (let round = 0; round < maxRounds; round += 1) {
    for (const network of networks.filter(hasNames)) {
      const names = Buffer.from(look.linesOf(network)); // of many members the same
      for (const member of look.membersOf(network)) rewriteNames(member, { names, look, room, hostsOf }, places);
    }
    if (look.isCurrent()) return;
    look = lookAtNames(places);
  }
}

interface Names {
  /** For members that are in this network alone. */
  readonly names: Buffer;
  readonly look: NamesLook;
  readonly room: Buffer;
  readonly hostsOf: (id: string) => string;
}

/** Writes the names in the hosts file of a container that runs, and all of it where it is not the container of before. */
function rewriteNames(member: NamedMember, { names, look, room, hostsOf }: Names, places: StatePlaces): void {
  const { id, addresses, network } = member;
  if (network !== undefined) {
    rewriteNamesOf({ id, network }, places, look);
    return;
  }
  const next = (current: Buffer): FileEnd => {
    const replaced = replaceNames(current, names, addresses);
    if (replaced !== undefined) return replaced;
    const record = unlessDamaged(() => readContainerNetwork(containerPaths(places.root, id).directory)); // it may be being removed at this moment
    if (record === undefined) return { offset: 0, pieces: [] };
    return replaceHosts(current, changingOf({ id, network: record }, places, namesOf(record, look)));
  };
  rewriteInPlace(hostsOf(id), next, room);
}

function rewriteNamesOf(container: NotedContainer, places: StatePlaces, look: NamesLook): void {
  const { endpoints } = container.network;
  // Where links lead to is asked for anew, in case it was started again with another address.
  const linked = endpoints.some(({ links }) => links.length > 0);
  const names = namesOf(container.network, look);
  const addresses = endpoints.flatMap(({ ipv4, ipv6 }) => [ipv4, ipv6].flatMap((one) => one?.address ?? []));
  rewriteInPlace(containerPaths(places.root, container.id).hosts, (current) => {
    const replaced = linked ? undefined : replaceNames(current, Buffer.from(names), addresses);
    return replaced ?? replaceHosts(current, changingOf(container, places, names));
  });
}

/** Writes the hosts file of a container that runs anew. */
export function rewriteHosts(container: NotedContainer, places: StatePlaces, look = lookAtNames(places)): void {
  const names = namesOf(container.network, look);
  const { hosts } = containerPaths(places.root, container.id);
  rewriteInPlace(hosts, (current) => replaceHosts(current, changingOf(container, places, names)));
}

function changingOf({ id, network }: NotedContainer, places: StatePlaces, names: string): ChangingHosts {
  const paths = containerPaths(places.root, id);
  const linked = network.endpoints.some(({ links }) => links.length > 0);
  const name = linked ? (readContainerRecord(paths.record)?.name ?? "") : "";
  const others = formatLines(linesOfLinks(network, name, places));
  const options = readContainerOptions(paths.options);
  const hostname = options.hostname ?? id.slice(0, 12);
  return { head: hostsText({ options, hostname, network, others }), names };
}

/** The names of everybody on the networks of a container, itself included. */
export function namesOf({ endpoints }: Pick<ContainerNetwork, "endpoints">, look: NamesLook): string {
  return endpoints
    .filter(({ network }) => hasNames(network))
    .map(({ network }) => look.linesOf(network))
    .join("");
}

/** The first hosts file of a container: one whose names change is told from what the container adds. */
export function firstHosts(hosts: ChangingHosts, { endpoints }: Pick<ContainerNetwork, "endpoints">): string {
  const changes = endpoints.some(({ network, links }) => hasNames(network) || links.length > 0);
  return changes ? changingHosts(hosts) : hosts.head;
}
