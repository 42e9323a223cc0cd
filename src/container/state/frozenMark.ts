import { rmSync } from "node:fs";
import { join } from "node:path";
import { EngineError, readRecord, writeRecord } from "../../base/index.ts";
import type { ContainerPaths } from "./containerPaths.ts";
import { isAlive, type ProcessIdentity } from "./processIdentity.ts";

/*
 * `containers/<id>/frozen`: who has frozen the container for a moment of its own work. A container that was paused by its
 * user has none, so one whose freezer was killed can be told from it and be set free.
 */

const fileOf = ({ directory }: Pick<ContainerPaths, "directory">): string => join(directory, "frozen");

/** Before the container is frozen. @throws EngineError `containerNotFound` when it was removed meanwhile. */
export function markFrozen(
  { id, paths }: { readonly id: string; readonly paths: Pick<ContainerPaths, "directory"> },
  owner: ProcessIdentity,
): void {
  try {
    writeRecord(fileOf(paths), owner, { durable: false });
  } catch (error) {
    if (!(error instanceof EngineError) || error.details.errno !== "ENOENT") throw error;
    throw new EngineError("containerNotFound", `No such container: ${id}`, {
      hint: "it was removed in this very moment",
    });
  }
}

/** Idempotent. */
export function clearFrozen(paths: Pick<ContainerPaths, "directory">): void {
  rmSync(fileOf(paths), { force: true });
}

/** Whether a process that froze the container ended before it let it go on. @throws EngineError `storeCorrupt`. */
export function isLeftFrozen(paths: Pick<ContainerPaths, "directory">): boolean {
  const owner = readRecord(fileOf(paths)) as ProcessIdentity | undefined; // as markFrozen wrote it
  return owner !== undefined && !isAlive(owner);
}
