import {
  type ContainerNetwork,
  changingHosts,
  formatLines,
  replaceHosts,
  rewriteInPlace,
} from "../../network/index.ts";
import { readContainerOptions } from "../state/containerOptions.ts";
import type { StatePlaces } from "../state/liveState.ts";
import { hostsText } from "./hostsText.ts";
import { linesOfLinks } from "./links.ts";
import { hasNames, lookOnce, type MembersOf, type NamedMember } from "./memberNames.ts";

/** How often names are written again because others came or went meanwhile. */
const maxRounds = 5;

/**
 * Brings the hosts files of all members of these networks up to date, after somebody came, went, or was renamed. Whoever
 * changes something does it first and then calls this; it looks again after it has written, so that of several changes at
 * the same moment the last one to write has seen all of them. `first` is a look from after the change. No lock is taken.
 */
export function refreshNames(networks: readonly string[], places: StatePlaces, first = lookOnce(places)): void {
  for (const network of networks.filter(hasNames)) {
    let now = first;
    for (let round = 0; round < maxRounds; round += 1) {
      const members = now(network);
      for (const member of members) rewriteHosts(member, places, now);
      const written = linesOfAll(members, now);
      now = lookOnce(places);
      if (linesOfAll(now(network), now) === written) break;
    }
  }
}

/** Everything that these containers know of others. */
function linesOfAll(members: readonly NamedMember[], membersOf: MembersOf): string {
  const networks = members.flatMap(({ network }) => network.endpoints.map((endpoint) => endpoint.network));
  return [...new Set(networks)]
    .filter(hasNames)
    .map((network) => `${network}\n${linesOfMembers(membersOf(network))}`)
    .join("");
}

/** Writes the hosts file of a container that runs anew. */
export function rewriteHosts(
  { id, name, paths, network }: Omit<NamedMember, "lines">,
  places: StatePlaces,
  membersOf = lookOnce(places),
): void {
  const others = formatLines(linesOfLinks(network, name, places)) + linesOfOthers({ id, network }, membersOf);
  const options = readContainerOptions(paths.options);
  const hostname = options.hostname ?? id.slice(0, 12);
  const text = hostsText({ options, hostname, network, others });
  rewriteInPlace(paths.hosts, (current) => replaceHosts(current, text));
}

/** The names of all others that share a network with a container. */
export function linesOfOthers(
  { id, network }: { readonly id: string; readonly network: ContainerNetwork },
  membersOf: MembersOf,
): string {
  return network.endpoints
    .filter((endpoint) => hasNames(endpoint.network))
    .map((endpoint) => linesOfMembers(membersOf(endpoint.network).filter((member) => member.id !== id)))
    .join("");
}

function linesOfMembers(members: readonly NamedMember[]): string {
  return members.map(({ lines }) => lines).join("");
}

/** The first hosts file of a container: one whose names change is told from what the container adds. */
export function firstHosts(text: string, { endpoints }: Pick<ContainerNetwork, "endpoints">): string {
  const changes = endpoints.some(({ network, links }) => hasNames(network) || links.length > 0);
  return changes ? changingHosts(text) : text;
}
