import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { acquireLock, EngineError, type HeldLock } from "../../base/index.ts";
import type { ContainerPaths } from "../state/containerPaths.ts";

type LockedPaths = Pick<ContainerPaths, "directory">;

/**
 * Keeps others from starting or removing a container, changing its records or its files at rest, while `action` does one of
 * these. `run` needs no lock: nobody knows its container yet.
 *
 * @throws EngineError as `lockContainer`, and what `action` throws.
 */
export async function withContainerLock<Result>(
  paths: LockedPaths,
  action: () => Promise<Result> | Result,
): Promise<Result> {
  const lock = await lockContainer(paths);
  try {
    return await action();
  } finally {
    lock.release();
  }
}

/**
 * The same lock for work whose end is not that of a function. The caller releases it.
 *
 * @throws EngineError `containerNotFound` when the container goes while the lock is waited for.
 */
export async function lockContainer(paths: LockedPaths): Promise<HeldLock> {
  const lock = await acquireLock(join(paths.directory, "lock"), { mode: "exclusive" }).catch((error: unknown) => {
    throw existsSync(paths.directory) ? error : gone(paths, error);
  });
  // A removal takes the directory out of sight, and the file that was locked with it.
  if (lock !== undefined && existsSync(paths.directory)) return lock;
  lock?.release();
  throw gone(paths);
}

function gone({ directory }: LockedPaths, cause?: unknown): EngineError {
  return new EngineError("containerNotFound", `No such container: ${basename(directory)}`, {
    hint: "it was removed in this very moment",
    ...(cause === undefined ? {} : { cause }),
  });
}
