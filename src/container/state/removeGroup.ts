import { existsSync, readdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { errnoOf, fileSystemError } from "../../base/index.ts";
import { killGroup } from "./killGroup.ts";

/** Ends whatever is left in a container's group and removes it, with the groups below it. Idempotent. */
export function removeGroup(directory: string): void {
  try {
    if (!existsSync(directory)) return;
    killGroup(directory);
    for (const name of readdirSync(directory, { withFileTypes: true })) {
      if (name.isDirectory()) removeGroup(join(directory, name.name));
    }
    rmdirSync(directory);
  } catch (error) {
    // A group whose last process is still on its way out is empty soon; it holds nothing but its name.
    if (errnoOf(error) !== "ENOENT" && errnoOf(error) !== "EBUSY")
      throw fileSystemError(error, "remove the group", directory);
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
