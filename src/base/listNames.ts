import { readdirSync } from "node:fs";
import { errnoOf, fileSystemError } from "./errors.ts";

/** The names in a directory, in no order; none when it is not there. @throws EngineError `fileSystem`. */
export function listNames(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw fileSystemError(error, "read the directory", directory);
  }
}
