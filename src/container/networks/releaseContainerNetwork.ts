import { EngineError } from "../../base/index.ts";
import { type ContainerNetwork, readContainerNetwork, releaseEndpoint, releasePorts } from "../../network/index.ts";
import type { StatePlaces } from "../state/liveState.ts";

/** Gives back what a container that is being removed has of its networks. Idempotent. */
export async function releaseContainerNetwork(id: string, directory: string, places: StatePlaces): Promise<void> {
  const network = readTolerantly(directory);
  if (network === undefined) return;
  releasePorts({ runRoot: places.runRoot, containerId: id }, network.ports);
  for (const endpoint of network.endpoints) releaseEndpoint(places.root, id, endpoint);
}

/** A damaged record must not keep a container from being removed: its leases are free when it is not there any more. */
function readTolerantly(directory: string): ContainerNetwork | undefined {
  try {
    return readContainerNetwork(directory);
  } catch (error) {
    if (error instanceof EngineError && error.code === "storeCorrupt") return undefined;
    throw error;
  }
}
