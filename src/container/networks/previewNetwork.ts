import { existsSync } from "node:fs";
import {
  type ContainerNetwork,
  type Endpoint,
  freeInterfaceName,
  type NetworkRecord,
  type NetworkSteps,
  planNetwork,
  takeEndpoint,
} from "../../network/index.ts";
import { hostsText } from "../names/hostsText.ts";
import { plannedPorts } from "../ports/portsOfStart.ts";
import { wantedPorts } from "../ports/wantedPorts.ts";
import { hostnameOf, type RunDraft } from "../run/draftRun.ts";
import type { EngineContext } from "../run/engineContext.ts";
import { containerPaths } from "../state/containerPaths.ts";
import { runDirectory } from "../state/liveState.ts";
import { foreseeNetwork } from "./findNetwork.ts";
import { readNetworkFacts } from "./networkFacts.ts";

export interface PreviewedNetwork {
  readonly steps: NetworkSteps;
  /** /etc/hosts with the addresses that it would get; without the names of other containers. */
  readonly hosts: string;
}

/** What `run` would do about the network of a container at this moment. Takes no address and makes no network. */
export function previewNetwork(
  { draft, id, name }: { readonly draft: RunDraft; readonly id: string; readonly name: string },
  context: EngineContext,
): PreviewedNetwork {
  const { root } = context;
  const hostname = hostnameOf(draft, id);
  const names = [...new Set([name, id.slice(0, 12), hostname])];
  const endpoints: Endpoint[] = [];
  const records: NetworkRecord[] = [];
  for (const choice of draft.options.networks) {
    const record = foreseeNetwork(choice.network, context);
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
  const steps = planNetwork({
    containerId: id,
    network: { ...thought, ports: plannedPorts({ network: thought, records }) },
    records,
    facts: readNetworkFacts(),
    runDirectory: runDirectory(context.runRoot, id),
  });
  return { steps, hosts: hostsText({ options: draft.options, hostname, network: thought, others: "" }) };
}
