import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { errnoOf, fileSystemError } from "../../base/index.ts";

/** Idempotent: a group that is gone has no processes. */
export function killGroup(directory: string): void {
  try {
    writeFileSync(join(directory, "cgroup.kill"), "1");
  } catch (error) {
    if (errnoOf(error) !== "ENOENT" && errnoOf(error) !== "ENODEV")
      throw fileSystemError(error, "end the group", directory);
  }
}
