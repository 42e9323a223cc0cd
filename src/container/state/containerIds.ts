import { readdirSync } from "node:fs";
import { errnoOf, fileSystemError } from "../../base/index.ts";
import { containersDirectory } from "./containerPaths.ts";

/** The ids of all containers, those that are being made among them, in no order. */
export function listContainerIds(root: string): readonly string[] {
  try {
    return readdirSync(containersDirectory(root)).filter((name) => /^[0-9a-f]{64}$/.test(name));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw fileSystemError(error, "read the directory", containersDirectory(root));
  }
}
