import { EngineError } from "../../base/index.ts";
import { type ContainerNetwork, readContainerNetwork, releaseEndpoint } from "../../network/index.ts";
import type { StatePlaces } from "../state/liveState.ts";

/** Gives back what a container that is being removed has of its networks. Idempotent. */
export async function releaseContainerNetwork(id: string, directory: string, { root }: StatePlaces): Promise<void> {
  for (const endpoint of readTolerantly(directory)?.endpoints ?? []) releaseEndpoint(root, id, endpoint);
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
