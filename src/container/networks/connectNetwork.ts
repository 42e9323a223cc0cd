import { existsSync } from "node:fs";
import { join } from "node:path";
import { EngineError, failPoint, withLock, writeFileAtomic } from "../../base/index.ts";
import { executeNetwork } from "../../launch/index.ts";
import {
  attachmentFiles,
  attachmentLines,
  type ContainerNetwork,
  type Endpoint,
  insideSettings,
  interfaceMark,
  type NetworkChoice,
  type NetworkRecord,
  planAttachment,
  planDetachment,
  planNetworkUp,
  readContainerNetwork,
  releaseEndpoint,
  releaseLeasesOf,
  writeContainerNetwork,
} from "../../network/index.ts";
import { leaveNames } from "../names/leftNames.ts";
import { noteMember, noteRecordOnly } from "../names/noteMember.ts";
import { refreshNames } from "../names/refreshNames.ts";
import { republish } from "../ports/republish.ts";
import type { EngineContext } from "../run/engineContext.ts";
import { writeContainerRecord } from "../state/containerRecord.ts";
import { runDirectory } from "../state/liveState.ts";
import { type ObservedContainer, observeContainer } from "../state/runningContainer.ts";
import { unlessRemoved } from "../state/unlessRemoved.ts";
import { newEndpoint } from "./attachNetworks.ts";
import { findNetwork, noSuchNetwork, requireNetwork } from "./findNetwork.ts";
import { readNetworkFacts } from "./networkFacts.ts";
import { networkFailure } from "./networkFailure.ts";
import { recordsOf } from "./networkRecords.ts";
import { tellNetwork } from "./tellNetwork.ts";

export interface ConnectRequest {
  /** A name or id. */
  readonly container: string;
  readonly choice: NetworkChoice;
}

/**
 * Puts a container into one more network; a running one gets its interface at once.
 *
 * @throws EngineError `networkNotFound`, `containerNotFound`, `wrongState` where the container has no network of its own.
 */
export async function connectNetwork({ container, choice }: ConnectRequest, context: EngineContext): Promise<void> {
  refuseWords(choice.network, "connect");
  const record = await requireNetwork(choice.network, context);
  await changing(container, context, async (observed, network) => {
    const { id, name, networks = [] } = observed.record;
    if (network.endpoints.some((endpoint) => endpoint.network === record.name)) {
      const isRecorded = networks.includes(record.name);
      if (!isRecorded) keep(observed, network, [...networks, record.name], context); // a connect that was killed
      if (targetOf(observed) !== undefined) noteMember({ id, network }, context);
      refreshNames([record.name], context);
      if (!isRecorded) return tellNetwork({ action: "connect", record, container: id }, context);
      throw new EngineError("wrongState", `endpoint with name ${name} already exists in network ${record.name}`, {
        hint: "it is connected already",
      });
    }
    releaseLeasesOf(context.root, [record.name], id); // what a connect or disconnect that was killed has left
    const names = [name, id.slice(0, 12)];
    const endpoint = newEndpoint({ id, names, choice, record, present: network.endpoints }, context.root);
    try {
      failPoint("connect.leased");
      await attachLive({ observed, network, endpoint, record }, context);
      failPoint("connect.attached");
    } catch (error) {
      releaseEndpoint(context.root, id, endpoint);
      throw error;
    }
    const more = { ...network, endpoints: [...network.endpoints, endpoint] };
    if (targetOf(observed) !== undefined) noteRecordOnly({ id, network: more }, context);
    failPoint("connect.noted");
    keep(observed, more, [...networks, record.name], context);
    failPoint("connect.recorded");
    await republish({ observed, before: network, after: more }, context);
    if (targetOf(observed) !== undefined) noteMember({ id, network: more }, context);
    refreshNames([record.name], context);
    await tellNetwork({ action: "connect", record, container: id }, context);
  });
}

interface LiveChange {
  readonly observed: ObservedContainer;
  readonly network: ContainerNetwork;
  readonly endpoint: Endpoint;
  readonly record: NetworkRecord;
}

async function attachLive({ observed, network, endpoint, record }: LiveChange, context: EngineContext): Promise<void> {
  const target = targetOf(observed);
  if (target === undefined) return;
  const facts = readNetworkFacts();
  const records = [...recordsOf(context.root, network), record];
  const attachment = { network: { endpoints: [endpoint] }, present: network.endpoints, records, facts };
  const failed = await executeNetwork({
    helperPath: context.helperPath,
    target,
    steps: [...planNetworkUp(record, facts), ...planAttachment(attachment)],
    settings: insideSettings(attachment),
  });
  if (failed === undefined) return;
  await executeNetwork({
    helperPath: context.helperPath,
    target,
    steps: planDetachment({ endpoint, left: network, records, facts, remains: "interface" }),
  });
  throw networkFailure(`connect the container ${observed.record.name} to the network ${record.name}`, failed);
}

export interface DisconnectRequest {
  readonly container: string;
  readonly network: string;
  /** The network may be gone already. */
  readonly force: boolean;
}

/**
 * Takes a container out of a network; a running one loses its interface at once.
 *
 * @throws EngineError `networkNotFound`, `containerNotFound`, `wrongState` with Docker's sentence when it is not in it.
 */
export async function disconnectNetwork(request: DisconnectRequest, context: EngineContext): Promise<void> {
  const { container, force } = request;
  refuseWords(request.network, "disconnect");
  const record = findNetwork(context.root, request.network);
  if (record === undefined && !force) throw noSuchNetwork(request.network);
  const name = record?.name ?? request.network;
  await changing(container, context, async (observed, network) => {
    const { id, networks = [] } = observed.record;
    const endpoint = network.endpoints.find((one) => one.network === name);
    if (endpoint === undefined) {
      releaseLeasesOf(context.root, [name], id); // as above
      const isRecorded = networks.includes(name);
      if (isRecorded) keep(observed, network, without(networks, name), context);
      leaveNames({ observed, left: network, network: name }, context);
      if (isRecorded) return;
      throw new EngineError("wrongState", `container ${id} is not connected to network ${name}`, {
        hint: "brig inspect shows the networks of a container",
      });
    }
    const left = { ...network, endpoints: network.endpoints.filter((one) => one !== endpoint) };
    await detachLive({ observed, endpoint, left }, context);
    failPoint("disconnect.detached");
    await republish({ observed, before: network, after: left }, context);
    keep(observed, left, without(networks, name), context);
    failPoint("disconnect.recorded");
    releaseEndpoint(context.root, id, endpoint);
    failPoint("disconnect.released");
    leaveNames({ observed, left, network: name }, context);
    if (record !== undefined) await tellNetwork({ action: "disconnect", record, container: id }, context);
  });
}

async function detachLive(
  {
    observed,
    endpoint,
    left,
  }: { readonly observed: ObservedContainer; readonly endpoint: Endpoint; readonly left: ContainerNetwork },
  context: EngineContext,
): Promise<void> {
  const target = targetOf(observed);
  if (target === undefined) return;
  const { hostInterface } = endpoint;
  const isThere = hostInterface === undefined || existsSync(interfaceMark(hostInterface)); // both ends go together
  const steps = planDetachment({
    left,
    records: recordsOf(context.root, left),
    facts: readNetworkFacts(),
    endpoint,
    remains: isThere ? "interface" : "routes",
  });
  const failed = await executeNetwork({ helperPath: context.helperPath, target, steps });
  if (failed !== undefined)
    throw networkFailure(
      `disconnect the container ${observed.record.name} from the network ${endpoint.network}`,
      failed,
    );
}

function without(networks: readonly string[], name: string): readonly string[] {
  return networks.filter((one) => one !== name);
}

function targetOf({ state }: ObservedContainer): { readonly pid: number; readonly startTime: number } | undefined {
  if (state.status !== "running" && state.status !== "paused") return undefined;
  return { pid: state.process.pid, startTime: Number(state.process.startTime) };
}

/** One change of a container's networks at a time. */
async function changing(
  nameOrId: string,
  context: EngineContext,
  change: (observed: ObservedContainer, network: ContainerNetwork) => Promise<void>,
): Promise<void> {
  const { paths } = observeContainer(context, nameOrId);
  const apply = async (): Promise<void> => {
    const observed = observeContainer(context, nameOrId);
    const { networks = [] } = observed.record;
    const fixed = networks.find((name) => name === "none" || name === "host");
    if (fixed === "none") {
      throw new EngineError(
        "wrongState",
        "container cannot be connected to multiple networks with one of the networks in private (none) mode",
      );
    }
    if (fixed === "host") {
      throw new EngineError(
        "wrongState",
        "container sharing network namespace with another container or host cannot be connected to any other network",
      );
    }
    await change(observed, readContainerNetwork(paths.directory));
  };
  await unlessRemoved({ root: context.root, nameOrId }, () =>
    withLock(join(paths.directory, "network.lock"), { mode: "exclusive" }, apply),
  );
}

/** For the next start, and for the one that the monitor of a running container makes. */
function keep(
  observed: ObservedContainer,
  network: ContainerNetwork,
  networks: readonly string[],
  context: EngineContext,
): void {
  const { paths, record } = observed;
  if (targetOf(observed) !== undefined) {
    const files = attachmentFiles(runDirectory(context.runRoot, record.id));
    const lines = attachmentLines({ network, records: recordsOf(context.root, network), facts: readNetworkFacts() });
    writeFileAtomic(files.link, lines.link);
    writeFileAtomic(files.address, lines.address);
  }
  failPoint("keep.files-written");
  writeContainerNetwork(paths.directory, network);
  failPoint("keep.network-written");
  writeContainerRecord(paths.record, { ...record, networks });
}

function refuseWords(name: string, verb: "connect" | "disconnect"): void {
  if (name !== "host" && name !== "none") return;
  const to = verb === "connect" ? "container cannot be connected to" : "container cannot be disconnected from";
  throw new EngineError("wrongState", `${to} ${name} network`, {
    hint: "it is chosen when the container is made: --network",
  });
}
