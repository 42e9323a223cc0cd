import { readdirSync, rmdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { errnoOf, fileSystemError } from "./errors.ts";

/**
 * Unlinks a file; one that is not there is fine. Like `rmSync` with `force`, which brings a module of its own and four
 * system calls for each file, on the way of every `run --rm`. @throws EngineError `fileSystem`.
 */
export function removeFile(path: string): void {
  allowMissing(path, () => unlinkSync(path));
}

/**
 * Removes a directory of the engine's own and everything in it; one that is not there is fine. For trees that strangers
 * have written there is the helper.
 */
export function removeDirectory(path: string): void {
  allowMissing(path, () => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const member = join(path, entry.name);
      if (entry.isDirectory()) removeDirectory(member);
      else removeFile(member);
    }
    rmdirSync(path);
  });
}

function allowMissing(path: string, remove: () => void): void {
  try {
    remove();
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw fileSystemError(error, "remove", path);
  }
}
