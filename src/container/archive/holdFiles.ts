import { EngineError, type HeldLock } from "../../base/index.ts";
import { lockContainer } from "../lifecycle/containerLock.ts";
import type { StatePlaces } from "../state/liveState.ts";
import { observeContainer } from "../state/runningContainer.ts";

/**
 * Keeps a container that does not run from being started while its files are read or written: two that mount its
 * writable layer at the same time would see parts of each other. Nothing is held of one that runs. The caller releases.
 *
 * @throws EngineError `containerNotFound`, `wrongState` with Docker's sentence for one that is about to start again.
 */
export async function holdFiles(places: StatePlaces, nameOrId: string): Promise<Pick<HeldLock, "release">> {
  const { paths, record } = observeContainer(places, nameOrId);
  if (isUp(places, record.id)) return { release: () => undefined };
  const lock = await lockContainer(paths);
  const release = (): void => lock.release();
  try {
    if (isUp(places, record.id)) release();
  } catch (error) {
    release();
    throw error;
  }
  return { release };
}

function isUp(places: StatePlaces, id: string): boolean {
  const { status } = observeContainer(places, id).state;
  if (status === "restarting") {
    throw new EngineError("wrongState", `Container ${id} is restarting, wait until the container is running`, {
      hint: "or stop it first",
    });
  }
  return status === "running" || status === "paused";
}
