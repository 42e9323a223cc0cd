import { EngineError } from "../../base/index.ts";
import type { NamespaceTarget } from "../../launch/index.ts";
import type { NamespaceJoin } from "../../namespaces/index.ts";
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
      return { type, pid: state.process.pid, startTime: Number(state.process.startTime) };
    }
    throw new EngineError("wrongState", `cannot join the ${type} namespace of a non running container: ${id}`, {
      hint: `start the container "${container}" first`,
    });
  });
}
