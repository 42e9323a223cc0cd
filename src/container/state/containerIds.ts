import { listNames } from "../../base/index.ts";
import { containersDirectory } from "./containerPaths.ts";

/** The ids of all containers, those that are being made among them, in no order. */
export function listContainerIds(root: string): readonly string[] {
  return listNames(containersDirectory(root)).filter((name) => /^[0-9a-f]{64}$/.test(name));
}
