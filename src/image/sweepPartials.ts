import { closeSync, openSync, rmSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf, fileSystemError, lockDescriptor } from "../base/index.ts";
import type { StoreLayout } from "./storeLayout.ts";

/** A download that nobody went on with for this long is given up. */
const abandonedAfterMs = 7 * 24 * 60 * 60 * 1000;

/**
 * Removes what killed processes left behind: unfinished documents and index files at once, since their writers hold
 * the sweep lock shared and the caller holds it exclusively; partial blobs only when they are old and unlocked, so
 * that a pull can still go on where it stopped.
 */
export async function removeStalePartials(layout: StoreLayout): Promise<void> {
  for (const name of await list(layout.directory)) {
    if (name.startsWith("index.json.") && name.endsWith(".tmp")) rmSync(join(layout.directory, name), { force: true });
  }
  for (const name of await list(layout.partials)) {
    const path = join(layout.partials, name);
    if (name.endsWith(".tmp")) rmSync(path, { force: true });
    else if (isAbandoned(path)) await removeUnlocked(path);
  }
}

async function list(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    throw fileSystemError(error, "list", directory);
  }
}

function isAbandoned(path: string): boolean {
  try {
    return Date.now() - statSync(path).mtimeMs > abandonedAfterMs;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return false;
    throw fileSystemError(error, "look at", path);
  }
}

async function removeUnlocked(path: string): Promise<void> {
  const fd = openSync(path, "r");
  try {
    if (await lockDescriptor(fd, { mode: "exclusive", patienceMs: 0 })) rmSync(path, { force: true });
  } finally {
    closeSync(fd);
  }
}
