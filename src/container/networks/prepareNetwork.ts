import { failPoint, removeFile, writeFileAtomic } from "../../base/index.ts";
import {
  attachmentFiles,
  type ContainerNetwork,
  formatLines,
  type NetworkRecord,
  type NetworkSteps,
  planNetwork,
  portFiles,
  readContainerNetwork,
  releasePorts,
  writeContainerNetwork,
} from "../../network/index.ts";
import type { RuntimeSpec } from "../../oci/index.ts";
import { hostsText } from "../names/hostsText.ts";
import { endMembership } from "../names/leftNames.ts";
import { type ResolvedLinks, resolveLinks } from "../names/links.ts";
import type { NamesLook } from "../names/memberNames.ts";
import { hasNames, noteStarting } from "../names/noteMember.ts";
import { firstHosts, lookAfterChange, namesOf, refreshNames } from "../names/refreshNames.ts";
import { portsOfStart } from "../ports/portsOfStart.ts";
import type { EngineContext } from "../run/engineContext.ts";
import { readContainerOptions } from "../state/containerOptions.ts";
import type { ContainerPaths } from "../state/containerPaths.ts";
import type { ContainerRecord } from "../state/containerRecord.ts";
import { runDirectory } from "../state/liveState.ts";
import { clearStarting, markStarting } from "../state/startMark.ts";
import { readNetworkFacts } from "./networkFacts.ts";
import { recordsOf } from "./networkRecords.ts";
import { withdrawLeft } from "./releaseContainerNetwork.ts";

export interface StartingContainer {
  readonly record: ContainerRecord;
  readonly paths: ContainerPaths;
  readonly spec: RuntimeSpec;
}

/** What is ready for the start of a container that has networks. */
export interface PreparedNetwork {
  readonly steps: NetworkSteps;
  /** Variables of its links, which those of its own come after. */
  readonly variables: readonly string[];
  /**
   * Lets the other members know its names. To be called when the helper has its plan: the two work at the same time.
   *
   * @throws EngineError `fileSystem`.
   */
  readonly introduce: () => void;
  /** To be called once it runs. */
  readonly started: () => void;
  /** To be called when it does not: its ports are free again, and nobody knows its names any more. */
  readonly failed: () => void;
}

/**
 * Decides and makes ready what the network of a container needs at its start: addresses are its own already; ports of the
 * host are chosen and reserved, and its hosts file is written.
 *
 * @throws EngineError `networkNotFound` when a network was removed, `portInUse`, and those of links; then nothing stays.
 */
export async function prepareNetwork(container: StartingContainer, context: EngineContext): Promise<PreparedNetwork> {
  const { record, paths } = container;
  const { id } = record;
  const found = readContainerNetwork(paths.directory);
  const records = recordsOf(context.root, found);
  const named = found.endpoints.map(({ network }) => network).filter(hasNames);
  const marked = named.length > 0 || (found.wantedPorts ?? []).length > 0;
  await withdrawLeft(id, found, context);
  if (marked) markStarting(context, id, context.pid);
  let network: ContainerNetwork = found;
  const failed = (): void => {
    releasePorts({ runRoot: context.runRoot, containerId: id }, network.ports);
    if (!marked) return;
    clearStarting(context, id);
    endMembership(id, named, context);
  };
  try {
    network = withPorts({ id, network: found, records }, paths, context);
    const links = resolveLinks({ name: record.name, network }, context);
    noteStarting({ id, network }, context);
    failPoint("names.noted");
    const look = lookAfterChange(named, context);
    writeHosts(container, { network, links, look });
    failPoint("names.written");
    const directory = runDirectory(context.runRoot, id);
    for (const file of Object.values(attachmentFiles(directory))) removeFile(file); // what stood for an older plan
    const steps = planNetwork({
      containerId: id,
      network,
      records,
      facts: readNetworkFacts(),
      runDirectory: directory,
    });
    const introduce = (): void => {
      refreshNames(named, context, look);
      failPoint("names.refreshed");
    };
    const started = (): void => {
      if (marked) clearStarting(context, id);
    };
    return { steps, variables: links.variables, introduce, started, failed };
  } catch (error) {
    failed();
    throw error;
  }
}

interface WithRecords {
  readonly id: string;
  readonly network: ContainerNetwork;
  readonly records: readonly NetworkRecord[];
}

/** Ports as they are for this run; those that were changed during the last one are forgotten. */
function withPorts(request: WithRecords, { directory }: ContainerPaths, context: EngineContext): ContainerNetwork {
  const { id, network } = request;
  const ports = portsOfStart(request, context);
  failPoint("ports.reserved");
  if (ports.length === 0 && network.ports.length === 0) return network;
  const files = portFiles(runDirectory(context.runRoot, id));
  for (const file of [files.start, files.end]) removeFile(file);
  const chosen = { ...network, ports };
  writeContainerNetwork(directory, chosen);
  failPoint("ports.recorded");
  return chosen;
}

interface KnownNames {
  readonly network: ContainerNetwork;
  readonly links: ResolvedLinks;
  readonly look: NamesLook;
}

function writeHosts({ record, paths, spec }: StartingContainer, { network, links, look }: KnownNames): void {
  const hostname = spec.hostname ?? record.id.slice(0, 12);
  const options = readContainerOptions(paths.options);
  const head = hostsText({ options, hostname, network, others: formatLines(links.lines) });
  writeFileAtomic(paths.hosts, firstHosts({ head, names: namesOf(network, look) }, network), { mode: 0o644 });
}
