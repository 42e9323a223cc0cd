import { join } from "node:path";
import { acquireLock, type HeldLock, withLock } from "../../base/index.ts";
import type { ContainerPaths } from "../state/containerPaths.ts";

/**
 * Keeps others from starting a container, changing its records or its files at rest, while `action` does one of these.
 * `run` needs no lock: nobody knows its container yet.
 */
export function withContainerLock<Result>(
  paths: Pick<ContainerPaths, "directory">,
  action: () => Promise<Result> | Result,
): Promise<Result> {
  return withLock(lockFile(paths), { mode: "exclusive" }, action);
}

/** The same lock for work whose end is not that of a function. The caller releases it. */
export function lockContainer(paths: Pick<ContainerPaths, "directory">): Promise<HeldLock | undefined> {
  return acquireLock(lockFile(paths), { mode: "exclusive" });
}

function lockFile({ directory }: Pick<ContainerPaths, "directory">): string {
  return join(directory, "lock");
}
