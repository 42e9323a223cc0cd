import {
  type ContainerNetwork,
  type NetworkSteps,
  planNetwork,
  readContainerNetwork,
  readNetworkRecord,
} from "../../network/index.ts";
import { noSuchNetwork } from "./findNetwork.ts";
import { readNetworkFacts } from "./networkFacts.ts";

/**
 * What has to be done about the network of a container that is about to start, by what its networks are at this moment.
 *
 * @throws EngineError `networkNotFound` when one of them was removed, `notOffered` without the programs.
 */
export function networkOfStart(root: string, containerId: string, directory: string): NetworkSteps {
  return stepsFor(root, containerId, readContainerNetwork(directory));
}

export function stepsFor(root: string, containerId: string, network: ContainerNetwork): NetworkSteps {
  const records = recordsOf(root, network);
  return planNetwork({ containerId, network, records, facts: readNetworkFacts() });
}

/** The records of the networks that a container is in. @throws EngineError `networkNotFound`. */
export function recordsOf(root: string, { endpoints }: Pick<ContainerNetwork, "endpoints">) {
  return endpoints.map(({ network, networkId }) => {
    const record = readNetworkRecord(root, network);
    if (record === undefined || record.id !== networkId) throw noSuchNetwork(network);
    return record;
  });
}
