import { EngineError } from "../base/index.ts";
import type { CreatedContainer } from "./runReports.ts";
import { containerPaths } from "./state/containerPaths.ts";
import { type ContainerRecord, readContainerRecord } from "./state/containerRecord.ts";
import { type ContainerState, isInUse, readContainerState } from "./state/containerState.ts";
import { endContainer } from "./state/endContainer.ts";
import { identifyProcess } from "./state/processIdentity.ts";
import { findContainer, listContainerIds, removeContainer } from "./state/removeContainer.ts";

/** The containers, the youngest first; only running ones unless `all`. One that is being made or removed is not there yet. */
export function listContainers(root: string, { all }: { readonly all: boolean }): readonly CreatedContainer[] {
  return listContainerIds(root)
    .flatMap((id) => readContainer(root, id) ?? [])
    .filter((container) => all || container.status === "running")
    .sort((one, other) => (one.created < other.created ? 1 : -1));
}

function readContainer(root: string, id: string): CreatedContainer | undefined {
  const paths = containerPaths(root, id);
  try {
    const record = readContainerRecord(paths.record);
    return record === undefined ? undefined : summarize(record, readContainerState(paths.state));
  } catch (error) {
    // One damaged container must not hide the others; brig rm --force takes it away.
    if (error instanceof EngineError && error.code === "storeCorrupt") return undefined;
    throw error;
  }
}

function summarize(record: ContainerRecord, state: ContainerState | undefined): CreatedContainer {
  const { id, name, image, imageId, command, created, labels, mounts } = record;
  const status = statusOf(state);
  const exitCode = state?.status === "exited" ? state.exitCode : undefined;
  const startedAt = state?.status === "running" || state?.status === "exited" ? state.startedAt : undefined;
  return {
    id,
    name,
    image,
    imageId,
    command,
    created,
    status,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(state?.status === "exited" ? { finishedAt: state.finishedAt } : {}),
    ...(exitCode === undefined ? {} : { exitCode }),
    labels: new Map(Object.entries(labels)),
    mounts: mounts.map((mount) => (mount.source === "" ? mount.target : mount.source)),
  };
}

/**
 * A container whose keeper is gone is dead: its process went with it, and nobody saw how. That holds also when the keeper
 * died between the start of the process and writing it down.
 */
function statusOf(state: ContainerState | undefined): CreatedContainer["status"] {
  if (state?.status === "exited") return "exited";
  if (state === undefined || !isInUse(state)) return "dead";
  return state.status === "creating" ? "created" : "running";
}

/** What `rm` may do beyond removing a stopped container. */
export interface RemoveRequest {
  readonly root: string;
  readonly helperPath: string;
  readonly pid: number;
  /** End a running container first. */
  readonly force: boolean;
}

/**
 * Removes a container by name, id or the beginning of an id. Returns what the caller wrote, as Docker prints it.
 *
 * @throws EngineError `containerNotFound`, `wrongState` with Docker's sentence while it runs.
 */
export async function removeByName(nameOrId: string, request: RemoveRequest): Promise<string> {
  const id = findContainer(request.root, nameOrId);
  const paths = containerPaths(request.root, id);
  const state = readStateTolerantly(paths.state);
  if (isInUse(state) && request.force) await endContainer(request.root, id);
  else if (isInUse(state)) {
    const name = readContainerRecord(paths.record)?.name ?? id;
    throw new EngineError(
      "wrongState",
      `cannot remove container "/${name}": container is running: stop the container before removing or force remove`,
      { hint: "use --force to end it" },
    );
  }
  const owner = identifyProcess(request.pid);
  if (owner === undefined) throw new Error(`there is no process ${request.pid}`);
  await removeContainer({ ...request, owner, id });
  return nameOrId;
}

function readStateTolerantly(path: string): ContainerState | undefined {
  try {
    return readContainerState(path);
  } catch (error) {
    if (error instanceof EngineError && error.code === "storeCorrupt") return undefined;
    throw error;
  }
}
