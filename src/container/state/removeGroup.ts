import { existsSync, readdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { errnoOf, fileSystemError } from "../../base/index.ts";
import { killGroup } from "./killGroup.ts";

const pauseMs = 5;
const patienceMs = 2000;

/**
 * Ends whatever is left in a container's group and removes it, with the groups below it. Processes that take longer than
 * two seconds to end, because they hang in the kernel, keep it. Idempotent.
 *
 * @throws EngineError `fileSystem`.
 */
export async function removeGroup(directory: string): Promise<void> {
  const deadline = performance.now() + patienceMs;
  try {
    while (!removed(directory) && performance.now() < deadline) await delay(pauseMs);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw fileSystemError(error, "remove the group", directory);
  }
}

/** Whether it is gone; a killed process is in its group until it has ended (rmdir(2), EBUSY). */
function removed(directory: string): boolean {
  if (!existsSync(directory)) return true;
  killGroup(directory);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.isDirectory() && !removed(join(directory, entry.name))) return false;
  }
  try {
    rmdirSync(directory);
    return true;
  } catch (error) {
    if (errnoOf(error) === "EBUSY") return false;
    throw error;
  }
}

/** Removes a group that has no processes, with the groups below it; one that has some is left as it is. Idempotent. */
export function removeEmptyGroup(directory: string): void {
  try {
    for (const name of readdirSync(directory, { withFileTypes: true })) {
      if (name.isDirectory()) removeEmptyGroup(join(directory, name.name));
    }
    rmdirSync(directory);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT" && errnoOf(error) !== "EBUSY")
      throw fileSystemError(error, "remove the group", directory);
  }
}
