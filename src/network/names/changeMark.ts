import { appendFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { errnoOf, fileSystemError } from "../../base/index.ts";
import { networkDirectory } from "../networkStore.ts";

/*
 * `networks/<name>/changed` has a byte for each change of who is in the network or of what somebody in it is called. Who
 * looks at the members reads its size before, acts on what was seen, and reads it again: the same size says that nobody has
 * changed anything meanwhile, or that whoever has will look later than this. No lock is taken.
 */

/** Says that something has changed. Where the network is gone nobody is to be told. */
export function markChanged(root: string, network: string): void {
  const path = markPath(root, network);
  try {
    appendFileSync(path, ".", { mode: 0o600 });
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw fileSystemError(error, "write", path);
  }
}

/** How many changes there were, 0 also where the network is gone. */
export function countChanges(root: string, network: string): number {
  return statSync(markPath(root, network), { throwIfNoEntry: false })?.size ?? 0;
}

function markPath(root: string, network: string): string {
  return join(networkDirectory(root, network), "changed");
}
