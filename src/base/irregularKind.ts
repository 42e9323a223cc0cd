import { type Stats, statSync } from "node:fs";
import { errnoOf } from "./errors.ts";

/**
 * What is at a path, links followed, when it is neither a file nor a directory nor nothing: `a character device`. A file that is
 * put in the place of a device or a pipe takes it away from every program of the host.
 */
export function irregularKind(path: string): string | undefined {
  const found = statAt(path);
  if (found === undefined || found.isFile() || found.isDirectory()) return undefined;
  if (found.isCharacterDevice()) return "a character device";
  if (found.isBlockDevice()) return "a block device";
  return found.isFIFO() ? "a named pipe" : "a socket";
}

/** Undefined also where nobody can look: whoever writes there will be told why. */
function statAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (errnoOf(error) !== undefined) return undefined;
    throw error;
  }
}
