import { EngineError } from "../../base/index.ts";
import type { NamespaceTarget } from "../../launch/index.ts";
import type { NamespaceJoin } from "../../namespaces/index.ts";
import { readContainerOptions } from "../state/containerOptions.ts";
import { containerPaths } from "../state/containerPaths.ts";
import { readLiveState, type StatePlaces } from "../state/liveState.ts";
import { findContainer } from "../state/removeContainer.ts";

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
      return { type, pid: state.process.pid, startTime: Number(state.process.startTime) };
    }
    throw new EngineError("wrongState", `cannot join the ${type} namespace of a non running container: ${id}`, {
      hint: `start the container "${container}" first`,
    });
  });
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
