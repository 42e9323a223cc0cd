import { type ContainerNetwork, readNetworkRecord } from "../../network/index.ts";
import { noSuchNetwork } from "./findNetwork.ts";

/** The records of the networks that a container is in. @throws EngineError `networkNotFound`. */
export function recordsOf(root: string, { endpoints }: Pick<ContainerNetwork, "endpoints">) {
  return endpoints.map(({ network, networkId }) => {
    const record = readNetworkRecord(root, network);
    if (record === undefined || record.id !== networkId) throw noSuchNetwork(network);
    return record;
  });
}
