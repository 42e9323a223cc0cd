import { existsSync, renameSync } from "node:fs";
import { basename, join } from "node:path";
import { EngineError, errnoOf, failPoint, fileSystemError, removeDirectory, unlessDamaged } from "../../base/index.ts";
import { releaseIdRange, releaseIdRangesOf } from "../../namespaces/index.ts";
import { removeTree } from "../../overlay/index.ts";
import { hasOwnNetwork } from "../networks/ownNetwork.ts";
import { releaseCategories } from "./categories.ts";
import { listContainerIds } from "./containerIds.ts";
import { type ContainerPaths, containerPaths, containersDirectory } from "./containerPaths.ts";
import { type ContainerRecord, readContainerRecord } from "./containerRecord.ts";
import { type CreationIntent, isBeingMade, readContainerState } from "./containerState.ts";
import { isLive, runDirectory } from "./liveState.ts";
import { nameHolder, releaseName } from "./names.ts";
import { abandonedContainers, clearHalfMarks, clearPending, markPending, wantsVolumesRemoved } from "./pending.ts";
import type { ProcessIdentity } from "./processIdentity.ts";
import { removeGroup } from "./removeGroup.ts";
import { abandonFirstUse, detachVolume, leftoverVolumes } from "./volumes.ts";
import { readVolumeUsers } from "./volumeUsers.ts";

export interface RemovalRequest {
  readonly root: string;
  readonly runRoot: string;
  readonly helperPath: string;
  readonly id: string;
  readonly owner: ProcessIdentity;
  /** Whether anonymous volumes go too, unless another container uses them. */
  readonly volumes: boolean;
}

/**
 * Removes everything of a container: its group, name, ids, anonymous volumes and files. Every step may be repeated, so a
 * removal that was killed is finished by the next one. A damaged record keeps nothing from being removed. The caller has
 * made sure that it does not run.
 *
 * @throws EngineError `fileSystem`.
 */
export async function removeContainer(request: RemovalRequest): Promise<void> {
  const { root, runRoot, helperPath, id, owner } = request;
  const paths = containerPaths(root, id);
  const record = unlessDamaged(() => readContainerRecord(paths.record));
  const intent = intentOf(paths, record);
  markPending(root, id, { ...owner, volumes: request.volumes });
  failPoint("rm.marked");
  if (record?.cgroup !== undefined) await removeGroup(record.cgroup);
  failPoint("rm.group-removed");
  if (intent.name !== "") releaseName(root, intent.name, id);
  failPoint("rm.name-released");
  for (const { name } of intent.volumes) abandonFirstUse(root, name, id);
  if (request.volumes) detachAnonymous(root, id, intent);
  failPoint("rm.volumes-detached");
  for (const path of leftoverVolumes(root, id)) await removeTree({ helperPath, path });
  failPoint("rm.volumes-removed");
  await releaseNetworks(record, paths, request);
  failPoint("rm.networks-released");
  removeDirectory(runDirectory(runRoot, id));
  await removeContainerDirectory({ root, helperPath, id });
  failPoint("rm.directory-removed");
  await releaseRange(root, id, record);
  failPoint("rm.ids-released");
  clearPending(root, id);
}

/** Addresses that a container was given, also one that was never whole. */
async function releaseNetworks(
  record: ContainerRecord | undefined,
  { directory }: ContainerPaths,
  request: RemovalRequest,
): Promise<void> {
  if (record !== undefined && !hasOwnNetwork(record, directory)) return;
  const { releaseContainerNetwork, releaseUnrecorded } = await import("../networks/releaseContainerNetwork.ts");
  if (record === undefined) releaseUnrecorded(request.root, request.id);
  else await releaseContainerNetwork(record.id, directory, request);
}

/** Takes away what killed processes left half-made or half-removed, and `--rm` containers whose keeper died. */
export async function sweepAbandoned(request: Omit<RemovalRequest, "id" | "volumes">): Promise<void> {
  clearHalfMarks(request.root);
  for (const id of abandonedContainers(request.root)) {
    const paths = containerPaths(request.root, id);
    const state = unlessDamaged(() => readContainerState(paths.state));
    if (isBeingMade(state) || isLive({ ...request, id })) continue;
    // Without a record it was never whole; with one, `--rm` or who began to remove it says what becomes of its volumes.
    const record = unlessDamaged(() => readContainerRecord(paths.record));
    const volumes = record === undefined || record.remove || wantsVolumesRemoved(request.root, id);
    await removeContainer({ ...request, id, volumes });
  }
}

function detachAnonymous(root: string, id: string, { volumes }: CreationIntent): void {
  const anonymous = volumes.filter((volume) => volume.anonymous);
  const users = anonymous.length === 0 ? new Map<string, readonly string[]>() : readVolumeUsers(root);
  for (const { name } of anonymous) {
    if ((users.get(name) ?? []).every((user) => user === id)) detachVolume(root, name, id);
  }
}

function intentOf(paths: ContainerPaths, record: ContainerRecord | undefined): CreationIntent {
  if (record !== undefined) {
    const { name, imageId, diffIds } = record;
    const volumes = record.mounts.filter((mount) => mount.kind === "volume");
    return { name, imageId, diffIds, volumes: volumes.map(({ source, anonymous }) => ({ name: source, anonymous })) };
  }
  const state = unlessDamaged(() => readContainerState(paths.state));
  return state?.status === "creating" ? state.intent : { name: "", imageId: "", diffIds: [], volumes: [] };
}

type Trash = Pick<RemovalRequest, "root" | "helperPath" | "id">;

/** First out of sight, then away: a directory with this name is always a whole container. */
async function removeContainerDirectory({ root, helperPath, id }: Trash): Promise<void> {
  const gone = join(containersDirectory(root), `.${id}.gone`);
  try {
    renameSync(containerPaths(root, id).directory, gone);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw fileSystemError(error, "remove the container", id);
  }
  failPoint("rm.directory-renamed");
  // Its record is final now: somebody may have given it another name since it was read.
  const last = unlessDamaged(() => readContainerRecord(join(gone, basename(containerPaths(root, id).record))));
  if (last !== undefined) releaseName(root, last.name, id);
  await removeTrash({ root, helperPath }, id);
}

/** Deletes what an interrupted creation or removal of a container left out of sight. Idempotent. */
export async function removeTrash({ root, helperPath }: Omit<Trash, "id">, id: string): Promise<void> {
  const gone = join(containersDirectory(root), `.${id}.gone`);
  for (const path of [gone, containerPaths(root, `.${id}`).directory]) {
    if (holdsTrees(path)) await removeTree({ helperPath, path });
    else removeDirectory(path);
  }
}

/** Whether what a container has written is still there; its monitor takes that away at the end of one with `--rm`. */
function holdsTrees(directory: string): boolean {
  return ["upper", "work"].some((name) => existsSync(join(directory, name)));
}

/** Its ids and SELinux categories. Without a record nobody knows whether ids were reserved, and which. */
async function releaseRange(root: string, id: string, record: ContainerRecord | undefined): Promise<void> {
  if (record === undefined) await releaseIdRangesOf(root, id);
  else if (record.idRange !== undefined) await releaseIdRange(root, id, record.idRange);
  releaseCategories(root, id);
}

/** The container that a name, an id or the unambiguous beginning of an id stands for. */
export function findContainer(root: string, text: string): string {
  const holder = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(text) && text.length < 256 ? nameHolder(root, text) : undefined;
  if (holder !== undefined && existsSync(containerPaths(root, holder).directory)) return holder;
  const matches = /^[0-9a-f]{1,64}$/.test(text) ? listContainerIds(root).filter((id) => id.startsWith(text)) : [];
  const [only] = matches;
  if (only !== undefined && matches.length === 1) return only;
  if (matches.length > 1) {
    throw new EngineError("invalidValue", `multiple IDs found with provided prefix: ${text}`, {
      hint: "write more digits of the id, or the name",
    });
  }
  throw new EngineError("containerNotFound", `No such container: ${text.slice(0, 128)}`, {
    hint: "brig ps --all lists the containers",
  });
}
