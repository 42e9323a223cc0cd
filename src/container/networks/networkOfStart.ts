import {
  type ContainerNetwork,
  type NetworkSteps,
  planNetwork,
  readContainerNetwork,
  readNetworkRecord,
} from "../../network/index.ts";
import { runDirectory, type StatePlaces } from "../state/liveState.ts";
import { noSuchNetwork } from "./findNetwork.ts";
import { readNetworkFacts } from "./networkFacts.ts";

/**
 * What has to be done about the network of a container that is about to start, by what its networks are at this moment.
 *
 * @throws EngineError `networkNotFound` when one of them was removed, `notOffered` without the programs.
 */
export function networkOfStart(id: string, directory: string, places: StatePlaces): NetworkSteps {
  return stepsFor(id, readContainerNetwork(directory), places);
}

/** The same for a network that is only thought of. */
export function stepsFor(id: string, network: ContainerNetwork, { root, runRoot }: StatePlaces): NetworkSteps {
  const records = recordsOf(root, network);
  return planNetwork({
    containerId: id,
    network,
    records,
    facts: readNetworkFacts(),
    runDirectory: runDirectory(runRoot, id),
  });
}

/** The records of the networks that a container is in. @throws EngineError `networkNotFound`. */
export function recordsOf(root: string, { endpoints }: Pick<ContainerNetwork, "endpoints">) {
  return endpoints.map(({ network, networkId }) => {
    const record = readNetworkRecord(root, network);
    if (record === undefined || record.id !== networkId) throw noSuchNetwork(network);
    return record;
  });
}
