import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { EngineError, failPoint, withLock, writeFileAtomic } from "../../base/index.ts";
import { executeNetwork } from "../../launch/index.ts";
import {
  type ContainerNetwork,
  changePublished,
  choosePorts,
  type NetworkRecord,
  type PortRequest,
  type PublishedPort,
  portDocuments,
  portFiles,
  publishingEndpoint,
  readContainerNetwork,
  releasePorts,
  writeContainerNetwork,
} from "../../network/index.ts";
import { tellContainer } from "../events/tellContainer.ts";
import { readNetworkFacts } from "../networks/networkFacts.ts";
import { networkFailure } from "../networks/networkFailure.ts";
import { recordsOf } from "../networks/networkRecords.ts";
import { hasOwnNetwork } from "../networks/ownNetwork.ts";
import type { EngineContext } from "../run/engineContext.ts";
import { readContainerOptions, writeContainerOptions } from "../state/containerOptions.ts";
import { runDirectory } from "../state/liveState.ts";
import { type ObservedContainer, observeContainer } from "../state/runningContainer.ts";
import { choiceOf } from "./portsOfStart.ts";

export interface PortChange {
  readonly nameOrId: string;
  readonly add: readonly PortRequest[];
  /** What is withdrawn: every published port that agrees with what is said here. */
  readonly remove: readonly PortRequest[];
}

/**
 * Publishes and withdraws ports of a container: of one that runs at once, in one step, without a connection being cut that
 * has nothing to do with it. Returns the ports that are published now.
 *
 * @throws EngineError `containerNotFound`, `wrongState` for a container without a network of its own, `portNotPublished`,
 * and those of `choosePorts`; then nothing has changed.
 */
export async function changePorts(change: PortChange, context: EngineContext): Promise<readonly PublishedPort[]> {
  const { paths } = observeContainer(context, change.nameOrId);
  return withLock(join(paths.directory, "network.lock"), { mode: "exclusive" }, async () => {
    const observed = observeContainer(context, change.nameOrId);
    if (!hasOwnNetwork(observed.record, paths.directory)) {
      throw new EngineError(
        "wrongState",
        `container ${observed.record.name} has no network of its own to publish ports of`,
        {
          hint: "its network was chosen when it was made: --network",
        },
      );
    }
    const network = readContainerNetwork(paths.directory);
    const wantedPorts = changeWanted(network.wantedPorts ?? [], change);
    const ports = await changeLive({ observed, network, change }, context);
    writeContainerNetwork(paths.directory, { ...network, ports, wantedPorts });
    failPoint("publish.recorded");
    const options = readContainerOptions(paths.options);
    writeContainerOptions(paths.options, { ...options, publish: changeWanted(options.publish, change) });
    await tellContainer(observed.record, { action: "update" }, context);
    return ports;
  });
}

function changeWanted(wanted: readonly PortRequest[], { add, remove }: PortChange): readonly PortRequest[] {
  const kept = wanted.filter((request) => !remove.some((gone) => sameRequest(gone, request)));
  return [...kept, ...add.filter((request) => !kept.some((one) => isDeepStrictEqual(one, request)))];
}

/** What the withdrawal leaves out agrees with everything. */
function sameRequest(gone: PortRequest, request: PortRequest): boolean {
  return (
    gone.containerPort === request.containerPort &&
    gone.protocol === request.protocol &&
    (gone.hostIp === undefined || gone.hostIp === request.hostIp) &&
    (gone.hostPort === undefined ||
      (gone.hostPort.first === request.hostPort?.first && gone.hostPort.last === request.hostPort.last))
  );
}

function samePort(gone: PortRequest, { containerPort, protocol, hostIp, hostPort }: PublishedPort): boolean {
  return (
    gone.containerPort === containerPort &&
    gone.protocol === protocol &&
    (gone.hostIp === undefined || gone.hostIp === hostIp) &&
    (gone.hostPort === undefined || (gone.hostPort.first <= hostPort && hostPort <= gone.hostPort.last))
  );
}

interface LiveChange {
  readonly observed: ObservedContainer;
  readonly network: ContainerNetwork;
  readonly change: PortChange;
}

async function changeLive(
  { observed, network, change }: LiveChange,
  context: EngineContext,
): Promise<readonly PublishedPort[]> {
  const { add, remove } = change;
  const { record, state } = observed;
  const removed = network.ports.filter((port) => remove.some((gone) => samePort(gone, port)));
  const running = state.status === "running" || state.status === "paused";
  const known = running ? network.ports : (network.wantedPorts ?? []);
  requireKnown(remove, known, record.name);
  if (!running) return [];
  const records = recordsOf(context.root, network);
  requirePublishing(network, records, record.name);
  const kept = network.ports.filter((port) => !removed.includes(port));
  const chosen = choosePorts({ ...choiceOf({ id: record.id, network, records }, context), requests: add });
  const added = chosen.filter((port) => !kept.some((one) => isDeepStrictEqual(one, port))); // it may have them already
  try {
    await apply({ observed, records, before: network, after: { ...network, ports: [...kept, ...added] } }, context);
  } catch (error) {
    releasePorts({ runRoot: context.runRoot, containerId: record.id }, added);
    throw error;
  }
  const gone = removed.filter((port) => !added.some((one) => isDeepStrictEqual(one, port)));
  releasePorts({ runRoot: context.runRoot, containerId: record.id }, gone);
  return [...kept, ...added];
}

function requireKnown(
  remove: readonly PortRequest[],
  known: readonly (PublishedPort | PortRequest)[],
  name: string,
): void {
  const missing = remove.find(
    (gone) =>
      !known.some((port) =>
        typeof port.hostPort === "number"
          ? samePort(gone, port as PublishedPort)
          : sameRequest(gone, port as PortRequest),
      ),
  );
  if (missing === undefined) return;
  throw new EngineError(
    "portNotPublished",
    `cannot withdraw ${missing.containerPort}/${missing.protocol}: it is not published by the container "${name}"`,
    { hint: `brig port ${name} lists what is` },
  );
}

function requirePublishing(network: ContainerNetwork, records: readonly NetworkRecord[], name: string): void {
  if (publishingEndpoint(network, records) !== undefined) return;
  throw new EngineError(
    "wrongState",
    `cannot publish ports of the container "${name}": no network leads into it from outside`,
    {
      hint: "connect it to a bridge network that is not internal: brig network connect",
    },
  );
}

interface Application {
  readonly observed: ObservedContainer;
  readonly records: readonly NetworkRecord[];
  readonly before: ContainerNetwork;
  readonly after: ContainerNetwork;
}

/**
 * First the monitor gets to know what to take back at the end, whether or not the step succeeds; then the step; then what
 * it does at a restart.
 */
async function apply({ observed, records, before, after }: Application, context: EngineContext): Promise<void> {
  const { record } = observed;
  const files = portFiles(runDirectory(context.runRoot, record.id));
  const union = { ...after, ports: [...new Set([...before.ports, ...after.ports])] };
  writeFileAtomic(files.end, portDocuments(union, records).end);
  failPoint("publish.told");
  const failed = await executeNetwork({
    helperPath: context.helperPath,
    steps: changePublished({ before, after, records, facts: readNetworkFacts() }),
  });
  if (failed !== undefined) throw networkFailure(`change the published ports of the container ${record.name}`, failed);
  failPoint("publish.changed");
  const documents = portDocuments(after, records);
  writeFileAtomic(files.start, documents.start);
  writeFileAtomic(files.end, documents.end);
}
