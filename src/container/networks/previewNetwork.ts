import { existsSync } from "node:fs";
import {
  type ContainerNetwork,
  defaultNetworkName,
  type Endpoint,
  freeInterfaceName,
  type NetworkRecord,
  type NetworkSteps,
  planNetwork,
  readNetworkRecord,
  takeEndpoint,
} from "../../network/index.ts";
import { plannedPorts } from "../ports/portsOfStart.ts";
import { wantedPorts } from "../ports/wantedPorts.ts";
import { hostnameOf, type RunDraft } from "../run/draftRun.ts";
import type { EngineContext } from "../run/engineContext.ts";
import { containerPaths } from "../state/containerPaths.ts";
import { runDirectory } from "../state/liveState.ts";
import { decideDefaultNetwork, findNetwork, noSuchNetwork } from "./findNetwork.ts";
import { readNetworkFacts } from "./networkFacts.ts";

/** What `run` would do about the network of a container at this moment. Takes no address and makes no network. */
export function previewNetwork(
  { draft, id, name }: { readonly draft: RunDraft; readonly id: string; readonly name: string },
  context: EngineContext,
): NetworkSteps {
  const { root } = context;
  const names = [...new Set([name, id.slice(0, 12), hostnameOf(draft, id)])];
  const endpoints: Endpoint[] = [];
  const records: NetworkRecord[] = [];
  for (const choice of draft.options.networks) {
    const record = thoughtOf(choice.network, context);
    const exists = (holder: string) => existsSync(containerPaths(root, holder).directory);
    const interfaceName = freeInterfaceName(endpoints);
    records.push(record);
    endpoints.push(
      takeEndpoint({ root, containerId: id, names, record, choice, interfaceName, exists, preview: true }),
    );
  }
  const thought: ContainerNetwork = {
    version: 1,
    endpoints,
    ports: [],
    wantedPorts: wantedPorts(draft.options, draft.choice.exposedPorts),
  };
  return planNetwork({
    containerId: id,
    network: { ...thought, ports: plannedPorts({ network: thought, records }) },
    records,
    facts: readNetworkFacts(),
    runDirectory: runDirectory(context.runRoot, id),
  });
}

function thoughtOf(network: string, context: EngineContext): NetworkRecord {
  if (network !== defaultNetworkName) {
    const record = findNetwork(context.root, network);
    if (record === undefined) throw noSuchNetwork(network);
    return record;
  }
  return readNetworkRecord(context.root, network) ?? decideDefaultNetwork(context);
}
