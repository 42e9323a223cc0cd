import { join } from "node:path";
import { EngineError } from "../../base/index.ts";
import type { LaunchRequest, NamespaceTarget } from "../../launch/index.ts";
import type { NamespaceJoin } from "../../namespaces/index.ts";
import type { NamespaceKind } from "../../oci/index.ts";
import { readContainerOptions } from "../state/containerOptions.ts";
import { containerPaths } from "../state/containerPaths.ts";
import { readContainerRecord } from "../state/containerRecord.ts";
import { readLiveState, runDirectory, type StatePlaces } from "../state/liveState.ts";
import { findContainer } from "../state/removeContainer.ts";

/** What Docker's sentences call the namespaces that can be joined. */
const shownTypes: Readonly<Partial<Record<NamespaceKind, string>>> = { pid: "PID", ipc: "IPC" };

/**
 * The processes whose namespaces a container joins (`--pid container:NAME`).
 *
 * @throws EngineError `containerNotFound`, `wrongState` with Docker's sentence when it does not run.
 */
export function findJoins(places: StatePlaces, joins: readonly NamespaceJoin[]): readonly NamespaceTarget[] {
  return joins.map(({ type, container }) => {
    const id = findContainer(places.root, container);
    const state = readLiveState({ ...places, id });
    if (state.status === "running" || state.status === "paused") {
      if (type === "ipc") requireShareable(places.root, id);
      const running = join(runDirectory(places.runRoot, id), "running.json");
      return { type, pid: state.process.pid, startTime: Number(state.process.startTime), container: id, running };
    }
    const name = readContainerRecord(containerPaths(places.root, id).record)?.name ?? id;
    throw new EngineError(
      "wrongState",
      `cannot join ${shownTypes[type] ?? type} namespace of a non running container: container ${name} is ${state.status}`,
      { hint: `start it first: brig start ${name}` },
    );
  });
}

/**
 * A kept launch with the processes that the containers it joins have at this moment: they may have been started again
 * since. Wherever it names one by its directory of /proc, it names the other.
 *
 * @throws EngineError as `findJoins`.
 */
export function renewJoins(launch: LaunchRequest, places: StatePlaces): LaunchRequest {
  if (launch.joins.length === 0) return launch;
  const joins = launch.joins.flatMap((known) => {
    const { type, container } = known;
    return container === undefined ? [known] : findJoins(places, [{ type, container }]);
  });
  const pids = new Map(launch.joins.map(({ pid }, index) => [String(pid), joins[index]?.pid ?? pid]));
  const renew = (path: string): string =>
    path.replace(/^\/proc\/(\d+)(?=\/(ns|root)\/)/, (prefix, pid: string) =>
      pids.has(pid) ? `/proc/${pids.get(pid)}` : prefix,
    );
  const { mounts, linux } = launch.spec;
  const namespaces = linux.namespaces.map((one) => (one.path === undefined ? one : { ...one, path: renew(one.path) }));
  const renewed = mounts.map((mount) => ({ ...mount, source: renew(mount.source) }));
  return { ...launch, joins, spec: { ...launch.spec, mounts: renewed, linux: { ...linux, namespaces } } };
}

/** Docker's rule: the default keeps a container's memory to itself. */
function requireShareable(root: string, id: string): void {
  const { ipc } = readContainerOptions(containerPaths(root, id).options);
  if (ipc === "shareable" || ipc === "host") return;
  throw new EngineError(
    "wrongState",
    `can't join IPC of container ${id}: non-shareable IPC (hint: use IpcMode:shareable for the donor container)`,
    { hint: "run the other container with --ipc shareable" },
  );
}
