import { rmSync } from "node:fs";
import { join } from "node:path";
import type { ContainerPaths } from "./containerPaths.ts";
import { readRecord, writeRecord } from "./jsonRecord.ts";
import { isAlive, type ProcessIdentity } from "./processIdentity.ts";

/*
 * `containers/<id>/frozen`: who has frozen the container for a moment of its own work. A container that was paused by its
 * user has none, so one whose freezer was killed can be told from it and be set free.
 */

const fileOf = ({ directory }: Pick<ContainerPaths, "directory">): string => join(directory, "frozen");

/** Before the container is frozen. */
export function markFrozen(paths: Pick<ContainerPaths, "directory">, owner: ProcessIdentity): void {
  writeRecord(fileOf(paths), owner, { durable: false });
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
