import { join } from "node:path";
import { EngineError, newContainerId, unlessDamaged, withLock } from "../../base/index.ts";
import { executeNetwork } from "../../launch/index.ts";
import {
  defaultBridgeInterface,
  defaultNetworkName,
  forgetRemoved,
  hideNetworkRecord,
  listDamagedNetworks,
  networksDirectory,
  planNetworkDown,
} from "../../network/index.ts";
import { listContainerIds } from "../state/containerIds.ts";
import { containerPaths } from "../state/containerPaths.ts";
import { readContainerRecord } from "../state/containerRecord.ts";
import { isLive, type StatePlaces } from "../state/liveState.ts";
import { predefinedId } from "./findNetwork.ts";
import { readNetworkFacts } from "./networkFacts.ts";
import { networkFailure } from "./networkFailure.ts";

export function isDamaged(name: string, { root }: Pick<StatePlaces, "root">): boolean {
  return listDamagedNetworks(root).includes(name);
}

/** The names of the running containers that use a network, by their own records. */
export function runningUsers(network: string, places: StatePlaces): readonly string[] {
  return listContainerIds(places.root).flatMap((id) => {
    const record = unlessDamaged(() => readContainerRecord(containerPaths(places.root, id).record));
    const uses = record?.networks?.includes(network) === true;
    return record !== undefined && uses && isLive({ ...places, id }) ? [record.name] : [];
  });
}

/**
 * Removes a network whose record is damaged, unless a running container is in it. Of the default one the interface is
 * known and goes, too; what another has in the kernel stays until a reboot.
 *
 * @throws EngineError `networkInUse`.
 */
export async function removeDamagedNetwork(
  name: string,
  places: StatePlaces & { readonly helperPath: string },
): Promise<void> {
  const { root } = places;
  const id = newContainerId();
  const gone = await withLock(join(networksDirectory(root), ".lock"), { mode: "exclusive" }, () => {
    if (!isDamaged(name, places)) return undefined;
    const users = runningUsers(name, places);
    if (users.length > 0) {
      throw new EngineError(
        "networkInUse",
        `error while removing network: network ${name} has active endpoints (${users.map((user) => `name:"${user}"`).join(", ")})`,
        { hint: `stop them first: brig stop ${users[0]}`, details: { network: name } },
      );
    }
    return hideNetworkRecord(root, { name, id });
  });
  if (gone === undefined) return;
  if (name === defaultNetworkName) await takeDownDefault(places.helperPath);
  forgetRemoved(gone);
}

async function takeDownDefault(helperPath: string): Promise<void> {
  const record = {
    version: 1,
    name: defaultNetworkName,
    id: predefinedId(defaultNetworkName),
    driver: "bridge",
    created: "",
    subnets: [],
    internal: false,
    ipv6: false,
    attachable: false,
    options: {},
    labels: {},
    mtu: 1500,
    hostInterface: defaultBridgeInterface,
  } as const;
  const failed = await executeNetwork({ helperPath, steps: planNetworkDown(record, readNetworkFacts()) });
  if (failed !== undefined) throw networkFailure("remove the damaged default network from the kernel", failed);
}
