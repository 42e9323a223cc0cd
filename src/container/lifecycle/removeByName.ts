import { EngineError, unlessDamaged } from "../../base/index.ts";
import { tellContainer } from "../events/tellContainer.ts";
import { hasOwnNetwork } from "../networks/ownNetwork.ts";
import type { EngineContext } from "../run/engineContext.ts";
import { type ContainerPaths, containerPaths } from "../state/containerPaths.ts";
import { type ContainerRecord, readContainerRecord } from "../state/containerRecord.ts";
import { isUnderWay, readLiveState } from "../state/liveState.ts";
import { identifyProcess } from "../state/processIdentity.ts";
import { findContainer, removeContainer } from "../state/removeContainer.ts";
import { unlessRemoved } from "../state/unlessRemoved.ts";
import { tend } from "./adoptContainer.ts";
import { lockContainer } from "./containerLock.ts";
import { endContainer } from "./stopContainer.ts";

/**
 * Removes a container by name, id or the beginning of an id; `force` ends a running one first. Returns what the caller
 * wrote, as Docker prints it.
 *
 * @throws EngineError `containerNotFound`, `wrongState` with Docker's sentence while it runs.
 */
export async function removeByName(
  nameOrId: string,
  { force, volumes }: { readonly force: boolean; readonly volumes: boolean },
  context: EngineContext,
): Promise<string> {
  const id = findContainer(context.root, nameOrId);
  await tend(id, context);
  // What is to be refused is refused at once, whoever works on the container.
  if (!force) requireEnded(id, context);
  const lock = await unlessRemoved({ root: context.root, nameOrId }, () =>
    lockContainer(containerPaths(context.root, id)),
  );
  try {
    if (!force) requireEnded(id, context);
    else if (isUnderWay(readLiveState({ ...context, id }))) await endContainer(id, context);
    await removeEnded({ id, volumes }, context);
  } finally {
    lock.release();
  }
  return nameOrId;
}

/** @throws EngineError `wrongState` with Docker's sentence. */
function requireEnded(id: string, context: EngineContext): void {
  const state = readLiveState({ ...context, id });
  if (!isUnderWay(state)) return;
  const name = readContainerRecord(containerPaths(context.root, id).record)?.name ?? id;
  throw new EngineError(
    "wrongState",
    `cannot remove container "/${name}": container is ${state.status}: stop the container before removing or force remove`,
    { hint: "use --force to end it" },
  );
}

/**
 * What is left to do when a container has ended and nobody waits for it: one with `--rm` goes, and the other members of its
 * networks forget its names. Idempotent.
 */
export async function cleanUp(id: string, context: EngineContext): Promise<void> {
  const paths = containerPaths(context.root, id);
  const record = readContainerRecord(paths.record);
  if (record === undefined || readLiveState({ ...context, id }).status !== "exited") return;
  if (record.remove) return removeEnded({ id, volumes: true }, context);
  await forgetNames(record, paths, context);
}

/** For those that have names in a network only; the code is loaded for no other. */
async function forgetNames(record: ContainerRecord, paths: ContainerPaths, context: EngineContext): Promise<void> {
  if (!hasOwnNetwork(record, paths.directory)) return;
  const { endMembership, networksOf } = await import("../names/leftNames.ts");
  endMembership(record.id, networksOf(paths), context);
}

/** Removes a container that does not run, and tells so. */
export async function removeEnded(
  request: { readonly id: string; readonly volumes: boolean },
  context: EngineContext,
): Promise<void> {
  const owner = identifyProcess(context.pid);
  if (owner === undefined) throw new Error(`there is no process ${context.pid}`);
  const paths = containerPaths(context.root, request.id);
  const record = unlessDamaged(() => readContainerRecord(paths.record)); // a damaged one is removed, too
  const networks = record === undefined ? [] : await namedNetworks(record, paths);
  await removeContainer({ ...context, owner, ...request });
  if (networks.length > 0) (await import("../names/leftNames.ts")).endMembership(request.id, networks, context);
  if (record !== undefined) await tellContainer(record, { action: "destroy" }, context);
}

/** Where somebody may still know its names. */
async function namedNetworks(record: ContainerRecord, paths: ContainerPaths): Promise<readonly string[]> {
  if (!hasOwnNetwork(record, paths.directory) || record.networks?.every((name) => name === "bridge") === true)
    return [];
  return (await import("../names/leftNames.ts")).networksOf(paths);
}
