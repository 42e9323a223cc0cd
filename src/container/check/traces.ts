import { existsSync } from "node:fs";
import { listNames } from "../../base/index.ts";
import { containerPaths } from "../state/containerPaths.ts";
import { isPending } from "../state/pending.ts";

/** The names in a directory; none when it is not there. */
export function entriesOf(directory: string): readonly string[] {
  return [...listNames(directory)].sort();
}

/**
 * Whether a container's things may be there: it exists, or a brig process is making or removing it at this moment. Its
 * mark is set before anything is made and goes after everything is gone; look at the thing first and ask then.
 */
export function isAccountedFor(root: string, id: string): boolean {
  return isPending(root, id) || existsSync(containerPaths(root, id).directory);
}
