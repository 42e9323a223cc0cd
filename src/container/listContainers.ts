import { EngineError } from "../base/index.ts";
import type { CreatedContainer } from "./runReports.ts";
import { containerPaths } from "./state/containerPaths.ts";
import { type ContainerRecord, readContainerRecord } from "./state/containerRecord.ts";
import { type ExitRecord, type LiveState, readLiveState, type StatePlaces } from "./state/liveState.ts";
import { listContainerIds } from "./state/removeContainer.ts";

/** The containers, the youngest first; only running ones unless `all`. One that is being made or removed is not there yet. */
export function listContainers(places: StatePlaces, { all }: { readonly all: boolean }): readonly CreatedContainer[] {
  return listContainerIds(places.root)
    .flatMap((id) => readContainer(places, id) ?? [])
    .filter(({ status }) => all || status === "running" || status === "paused" || status === "restarting")
    .sort((one, other) => (one.created < other.created ? 1 : -1));
}

function readContainer(places: StatePlaces, id: string): CreatedContainer | undefined {
  try {
    const record = readContainerRecord(containerPaths(places.root, id).record);
    if (record === undefined) return undefined;
    const group = record.cgroup === undefined ? {} : { cgroup: record.cgroup };
    return summarize(record, readLiveState({ ...places, id, ...group }));
  } catch (error) {
    // One damaged container must not hide the others; brig rm --force takes it away.
    if (error instanceof EngineError && error.code === "storeCorrupt") return undefined;
    throw error;
  }
}

function summarize(record: ContainerRecord, state: LiveState): CreatedContainer {
  const { id, name, image, imageId, command, created, labels, mounts } = record;
  const ended = state.status === "exited" || state.status === "restarting" ? state.exit : undefined;
  const startedAt = "startedAt" in state ? state.startedAt : ended?.startedAt;
  return {
    id,
    name,
    image,
    imageId,
    command,
    created,
    status: state.status,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(ended === undefined ? {} : { finishedAt: ended.finishedAt, exitCode: exitCodeOf(ended) }),
    labels: new Map(Object.entries(labels)),
    mounts: mounts.map((mount) => (mount.source === "" ? mount.target : mount.source)),
  };
}

function exitCodeOf({ exitCode, signal }: ExitRecord): number {
  return exitCode ?? 128 + (signal ?? 0);
}
