import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { errnoOf, fileSystemError, readFileIfExists } from "../../base/index.ts";
import { containerPaths } from "../state/containerPaths.ts";
import { isLive, runDirectory, type StatePlaces } from "../state/liveState.ts";
import { isPending } from "../state/pending.ts";
import { isAlive, type ProcessIdentity } from "../state/processIdentity.ts";

/** The names in a directory; none when it is not there. */
export function entriesOf(directory: string): readonly string[] {
  try {
    return readdirSync(directory).sort();
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw fileSystemError(error, "read the directory", directory);
  }
}

/**
 * Whether a container's things may be there: it exists, or a brig process is making or removing it at this moment. Its
 * mark is set before anything is made and goes after everything is gone; look at the thing first and ask then.
 */
export function isAccountedFor(root: string, id: string): boolean {
  return isPending(root, id) || existsSync(containerPaths(root, id).directory);
}

/** Whether something stays with the container at this moment: a payload that runs, or a monitor about to start or end it. */
export function isKept(places: StatePlaces, id: string): boolean {
  return isLive({ ...places, id }) || monitorOf(places.runRoot, id) !== undefined;
}

/** The monitor of a container, if it is alive. A record that cannot be read names nobody. */
export function monitorOf(runRoot: string, id: string): ProcessIdentity | undefined {
  const text = readFileIfExists(join(runDirectory(runRoot, id), "monitor.json"));
  try {
    const record = JSON.parse(text ?? "null") as ProcessIdentity | null; // the monitor's own words
    return record !== null && isAlive(record) ? record : undefined;
  } catch {
    return undefined;
  }
}
