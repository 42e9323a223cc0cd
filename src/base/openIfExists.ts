import { constants, openSync } from "node:fs";
import { errnoOf, fileSystemError } from "./errors.ts";

/**
 * Opens a file or a directory for reading, with further `flags` (open(2)); undefined when it is not there. The caller
 * closes it.
 *
 * @throws EngineError `fileSystem`.
 */
export function openIfExists(path: string, flags = 0): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | flags);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw fileSystemError(error, "open", path);
  }
}
