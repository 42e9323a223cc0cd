import { unlessDamaged } from "../../base/index.ts";
import { type Endpoint, holderOf, listLeases, type NetworkRecord, readContainerNetwork } from "../../network/index.ts";
import { type ContainerPaths, containerPaths } from "../state/containerPaths.ts";
import { type ContainerRecord, readContainerRecord } from "../state/containerRecord.ts";
import { isLive, type StatePlaces } from "../state/liveState.ts";

/** A container that is in a network. */
export interface NetworkMember {
  readonly record: ContainerRecord;
  readonly paths: ContainerPaths;
  readonly endpoint: Endpoint;
}

/**
 * The containers of a network that run; with `all` those that do not, too. Found by its leases: not every container is
 * looked at. A damaged one does not hide the others.
 */
export function networkMembers(
  { name, id: networkId }: Pick<NetworkRecord, "name" | "id">,
  places: StatePlaces,
  which: "running" | "all",
): readonly NetworkMember[] {
  const ids = new Set(listLeases(places.root, name).flatMap((address) => holderOf(places.root, name, address) ?? []));
  return [...ids].flatMap((id) => {
    const paths = containerPaths(places.root, id);
    const record = unlessDamaged(() => readContainerRecord(paths.record));
    if (record === undefined || (which === "running" && !isLive({ ...places, id }))) return [];
    const network = unlessDamaged(() => readContainerNetwork(paths.directory));
    const endpoint = network?.endpoints.find((one) => one.network === name && one.networkId === networkId);
    return endpoint === undefined ? [] : [{ record, paths, endpoint }];
  });
}
