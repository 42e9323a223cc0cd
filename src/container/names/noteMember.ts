import { unlessDamaged } from "../../base/index.ts";
import {
  addNote,
  type ContainerNetwork,
  defaultNetworkName,
  type Endpoint,
  type KnownMember,
  type MemberNote,
  readContainerNetwork,
  removeNotes,
  writeNote,
} from "../../network/index.ts";
import { containerPaths } from "../state/containerPaths.ts";
import type { StatePlaces } from "../state/liveState.ts";
import { isUp } from "../state/startMark.ts";

/** Whether members of a network know each other's names: in every network but the default one, as in Docker. */
export function hasNames(network: string): boolean {
  return network !== defaultNetworkName;
}

export interface NotedContainer {
  readonly id: string;
  readonly network: Pick<ContainerNetwork, "endpoints">;
}

/**
 * Notes a container that runs or is about to as a member of its networks, for those who look at the members. It must be
 * what its record says; who changes that record calls `noteRecordOnly` before.
 */
export function noteMember(container: NotedContainer, { root }: Pick<StatePlaces, "root">): void {
  for (const [network, note] of notesOf(container)) writeNote(root, network, note);
}

/** The same for one that is being started, of which nothing else is noted unless it ended when nobody saw it. */
export function noteStarting(container: NotedContainer, { root }: Pick<StatePlaces, "root">): void {
  for (const [network, note] of notesOf(container)) addNote(root, network, note);
}

function notesOf({ id, network: { endpoints } }: NotedContainer): readonly (readonly [string, MemberNote])[] {
  const [only] = endpoints.length === 1 ? endpoints : [];
  const isPlain = only !== undefined && only.links.length === 0;
  return endpoints
    .filter(({ network }) => hasNames(network))
    .map((endpoint) => [endpoint.network, { containerId: id, ...(isPlain ? { known: known(endpoint) } : {}) }]);
}

function known({ hostInterface, ipv4, ipv6, dnsNames }: Endpoint): KnownMember {
  const addresses = [ipv4, ipv6].flatMap((one) => one?.address ?? []);
  return { ...(hostInterface === undefined ? {} : { hostInterface }), addresses, names: dnsNames };
}

/** Sends those who look at the members to the container's record, which is about to change. */
export function noteRecordOnly({ id, network: { endpoints } }: NotedContainer, { root }: StatePlaces): void {
  for (const { network } of endpoints.filter((endpoint) => hasNames(endpoint.network)))
    writeNote(root, network, { containerId: id });
}

/** Takes back what was noted of a container that does not run any more, or is not in these networks. */
export function forgetMember(id: string, networks: readonly string[], places: StatePlaces): void {
  const noted = networks.filter((network) => removeNotes(places.root, network, id));
  if (noted.length === 0 || !isUp(places, id)) return;
  // Somebody has started it meanwhile; whoever starts one marks that first and notes it then, so one of us sees the other.
  const network = unlessDamaged(() => readContainerNetwork(containerPaths(places.root, id).directory));
  if (network !== undefined) noteMember({ id, network }, places);
}
