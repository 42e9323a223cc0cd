import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import {
  EngineError,
  errnoOf,
  makeDirectory,
  readReservation,
  removeFile,
  removeStaleReservation,
  reserve,
} from "../../base/index.ts";
import { containersDirectory } from "./containerPaths.ts";

/** Categories of SELinux policies are c0 to c1023; two of them make 523,776 pairs. */
const categoryCount = 1024;
const attempts = 1000;

/**
 * Reserves two SELinux categories that no other container has: a symbolic link `labels/c1,c2` to the container's id, which
 * symlink(2) makes only where there is none. The container keeps them until it is removed. Given back with
 * `releaseCategories`.
 *
 * @throws EngineError `busy` when a thousand pairs in a row were taken.
 */
export function reserveCategories(root: string, id: string): string {
  const directory = join(root, "labels");
  makeDirectory(directory);
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const pair = pairOf(`${id} ${attempt}`);
    const path = join(directory, pair);
    if (reserve(path, id)) return pair;
    const holder = readReservation(path);
    if (holder === undefined || existsSync(join(containersDirectory(root), holder))) continue;
    removeStaleReservation(path, holder);
    if (reserve(path, id)) return pair;
  }
  throw new EngineError("busy", "cannot find two SELinux categories that no other container has");
}

/** Gives back what this container has. Idempotent; on a host without SELinux there is nothing. */
export function releaseCategories(root: string, id: string): void {
  const directory = join(root, "labels");
  for (const name of namesIn(directory)) {
    if (readReservation(join(directory, name)) === id) removeFile(join(directory, name));
  }
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw error;
  }
}

/** Two different ones, the lower first, as the kernel writes them. */
function pairOf(seed: string): string {
  const bytes = createHash("sha256").update(seed).digest();
  const first = bytes.readUInt32LE(0) % categoryCount;
  const second = (first + 1 + (bytes.readUInt32LE(4) % (categoryCount - 1))) % categoryCount;
  return `c${Math.min(first, second)},c${Math.max(first, second)}`;
}
