import { failPoint, unlessDamaged } from "../../base/index.ts";
import { type ContainerNetwork, readContainerNetwork, writeContainerNetwork } from "../../network/index.ts";
import type { ContainerPaths } from "../state/containerPaths.ts";
import type { StatePlaces } from "../state/liveState.ts";
import type { ObservedContainer } from "../state/runningContainer.ts";
import { isUp } from "../state/startMark.ts";
import { forgetMember, noteMember, noteRecordOnly } from "./noteMember.ts";
import { refreshNames, rewriteHosts } from "./refreshNames.ts";

/** The networks whose members know the names of a container that has interfaces. Undamaged records are not promised here. */
export function networksOf({ directory }: Pick<ContainerPaths, "directory">): readonly string[] {
  const network = unlessDamaged(() => readContainerNetwork(directory));
  return network?.endpoints.map((endpoint) => endpoint.network) ?? [];
}

/** Lets the members of networks forget a container that has ended, or is gone. Idempotent. */
export function endMembership(id: string, networks: readonly string[], places: StatePlaces): void {
  forgetMember(id, networks, places);
  failPoint("names.forgotten");
  refreshNames(networks, places);
}

export interface Leaving {
  readonly observed: ObservedContainer;
  /** What the container still has. */
  readonly left: ContainerNetwork;
  readonly network: string;
}

/** After a container has left a network: its members forget it, and it forgets them. */
export function leaveNames({ observed, left, network }: Leaving, places: StatePlaces): void {
  const { id } = observed.record;
  forgetMember(id, [network], places);
  if (isUp(places, id)) noteMember({ id, network: left }, places);
  refreshNames([network], places);
  rewriteHosts({ id, network: left }, places);
}

export interface Renaming {
  readonly id: string;
  readonly directory: string;
  readonly from: string;
  readonly to: string;
}

/** Tells the members of a container's networks that it is called something else. */
export function renameInNetworks({ id, directory, from, to }: Renaming, places: StatePlaces): void {
  const network = readContainerNetwork(directory);
  const renamed = (names: readonly string[]) => [...new Set(names.map((name) => (name === from ? to : name)))];
  const endpoints = network.endpoints.map((endpoint) => ({ ...endpoint, dnsNames: renamed(endpoint.dnsNames) }));
  const isNoted = isUp(places, id);
  if (isNoted) noteRecordOnly({ id, network }, places);
  writeContainerNetwork(directory, { ...network, endpoints });
  if (isNoted) noteMember({ id, network: { endpoints } }, places);
  refreshNames(
    endpoints.map((endpoint) => endpoint.network),
    places,
  );
}
