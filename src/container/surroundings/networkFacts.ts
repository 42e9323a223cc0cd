import {
  type ContainerNetwork,
  type Endpoint,
  lookForTool,
  type NetworkRecord,
  type OwnRules,
  type PortRequest,
  type PublishedPort,
  readContainerNetwork,
  readNetworkRecord,
  readOwnRules,
} from "../../network/index.ts";
import { hasOwnNetwork } from "../networks/ownNetwork.ts";
import type { ContainerPaths } from "../state/containerPaths.ts";
import type { ContainerRecord } from "../state/containerRecord.ts";

/** An end of a network in the container, and the network; absent when that was removed. */
export interface NetworkEnd {
  readonly endpoint: Endpoint;
  readonly network?: NetworkRecord;
}

/** How packets come to a container and leave it. */
export interface NetworkFacts {
  /** Docker's NetworkMode: `none`, `host`, `container:NAME` or the name of its first network. */
  readonly mode: string;
  readonly ends: readonly NetworkEnd[];
  readonly ports: readonly PublishedPort[];
  /** What was asked for; ports of the host are chosen at each start. */
  readonly wanted: readonly PortRequest[];
  /** Rules of brig's table and its elements for this container; absent when it does not run or has none. */
  readonly rules?: OwnRules;
}

export interface NetworkQuestion {
  readonly root: string;
  readonly record: ContainerRecord;
  readonly paths: ContainerPaths;
  readonly mode: string;
  readonly running: boolean;
}

/** Looks at the records and, for a container that runs, at the rules in the caller's network namespace. */
export async function readNetworkFacts(question: NetworkQuestion): Promise<NetworkFacts> {
  const { root, record, paths, mode, running } = question;
  if (!hasOwnNetwork(record, paths.directory)) return { mode, ends: [], ports: [], wanted: [] };
  const network = readContainerNetwork(paths.directory);
  const ends = network.endpoints.map((endpoint): NetworkEnd => {
    const found = readNetworkRecord(root, endpoint.network);
    return found?.id === endpoint.networkId ? { endpoint, network: found } : { endpoint };
  });
  const rules = running ? await rulesOf(network, ends) : undefined;
  const { ports, wantedPorts: wanted = [] } = network;
  return { mode, ends, ports, wanted, ...(rules === undefined ? {} : { rules }) };
}

async function rulesOf({ endpoints }: ContainerNetwork, ends: readonly NetworkEnd[]): Promise<OwnRules | undefined> {
  const nft = lookForTool("nft");
  if (nft === undefined || !ends.some(({ network }) => network?.driver === "bridge")) return undefined;
  const networks = ends.flatMap(({ network }) => network ?? []);
  return readOwnRules(nft, {
    interfaces: [...endpoints, ...networks].flatMap(({ hostInterface }) => hostInterface ?? []),
    addresses: endpoints.flatMap(({ ipv4, ipv6 }) => [ipv4?.address, ipv6?.address].filter((one) => one !== undefined)),
    subnets: networks.flatMap(({ subnets }) => subnets.map(({ subnet }) => subnet)),
  });
}
