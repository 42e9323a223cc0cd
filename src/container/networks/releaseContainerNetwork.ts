import { EngineError } from "../../base/index.ts";
import { executeNetwork } from "../../launch/index.ts";
import {
  type ContainerNetwork,
  changePublished,
  listNetworkRecords,
  readContainerNetwork,
  releaseEndpoint,
  releasePorts,
} from "../../network/index.ts";
import { readLiveState, type StatePlaces } from "../state/liveState.ts";
import { readNetworkFacts } from "./networkFacts.ts";

/** Gives back what a container that is being removed has of its networks. Idempotent. */
export async function releaseContainerNetwork(
  id: string,
  directory: string,
  places: StatePlaces & { readonly helperPath: string },
): Promise<void> {
  const network = readTolerantly(directory);
  if (network === undefined) return;
  // The monitor withdraws ports at the end; where none saw the end, they would lead to whoever gets the address next.
  if (network.ports.length > 0 && readLiveState({ ...places, id }).status === "dead") await withdraw(network, places);
  releasePorts({ runRoot: places.runRoot, containerId: id }, network.ports);
  for (const endpoint of network.endpoints) releaseEndpoint(places.root, id, endpoint);
}

/** What is not there any more has been withdrawn already, by a reboot for example: a failure changes nothing. */
async function withdraw(
  network: ContainerNetwork,
  { root, helperPath }: StatePlaces & { readonly helperPath: string },
): Promise<void> {
  const records = listNetworkRecords(root);
  const after = { ...network, ports: [] };
  const steps = changePublished({ before: network, after, records, facts: readNetworkFacts() });
  await executeNetwork({ helperPath, steps });
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
