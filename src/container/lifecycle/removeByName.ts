import { EngineError } from "../../base/index.ts";
import { tellContainer } from "../events/tellContainer.ts";
import type { EngineContext } from "../run/engineContext.ts";
import { containerPaths } from "../state/containerPaths.ts";
import { type ContainerRecord, readContainerRecord } from "../state/containerRecord.ts";
import { readLiveState } from "../state/liveState.ts";
import { identifyProcess } from "../state/processIdentity.ts";
import { findContainer, removeContainer } from "../state/removeContainer.ts";
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
  const { status } = readLiveState({ ...context, id });
  const live = status === "running" || status === "paused" || status === "restarting";
  if (live && !force) {
    const name = readContainerRecord(containerPaths(context.root, id).record)?.name ?? id;
    throw new EngineError(
      "wrongState",
      `cannot remove container "/${name}": container is ${status}: stop the container before removing or force remove`,
      { hint: "use --force to end it" },
    );
  }
  if (live) await endContainer(id, context);
  await removeEnded({ id, volumes }, context);
  return nameOrId;
}

/** What is left to do when a container has ended and nobody waits for it: one with `--rm` goes. Idempotent. */
export async function cleanUp(id: string, context: EngineContext): Promise<void> {
  const record = readContainerRecord(containerPaths(context.root, id).record);
  if (record?.remove !== true || readLiveState({ ...context, id }).status !== "exited") return;
  await removeEnded({ id, volumes: true }, context);
}

/** Removes a container that does not run, and tells so. */
export async function removeEnded(
  request: { readonly id: string; readonly volumes: boolean },
  context: EngineContext,
): Promise<void> {
  const owner = identifyProcess(context.pid);
  if (owner === undefined) throw new Error(`there is no process ${context.pid}`);
  const record = readTolerantly(containerPaths(context.root, request.id).record);
  await removeContainer({ ...context, owner, ...request });
  if (record !== undefined) await tellContainer(record, { action: "destroy" }, context);
}

/** A damaged record must not keep a container from being removed. */
function readTolerantly(path: string): ContainerRecord | undefined {
  try {
    return readContainerRecord(path);
  } catch (error) {
    if (error instanceof EngineError && error.code === "storeCorrupt") return undefined;
    throw error;
  }
}
