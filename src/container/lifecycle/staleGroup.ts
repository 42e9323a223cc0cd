import { closeSync, existsSync } from "node:fs";
import { lockDescriptor, openIfExists } from "../../base/index.ts";
import { isKept, runDirectory, type StatePlaces } from "../state/liveState.ts";
import { removeGroup } from "../state/removeGroup.ts";

export interface StaleGroup extends StatePlaces {
  readonly id: string;
  readonly group: string;
}

/**
 * Ends what is left in the group of a container that nobody stays with, and removes it: what a start that was killed
 * half-way has left must not meet a new payload. A container that has a monitor, or gets one at this moment, is left
 * alone: a monitor holds the lock on its run-time directory from before it makes the group. Idempotent.
 */
export async function endStaleGroup({ group, ...places }: StaleGroup): Promise<void> {
  if (!existsSync(group)) return;
  const directory = openIfExists(runDirectory(places.runRoot, places.id));
  try {
    const mayEnd = directory === undefined || (await lockDescriptor(directory, { mode: "exclusive", patienceMs: 0 }));
    if (mayEnd && !isKept(places)) await removeGroup(group);
  } finally {
    if (directory !== undefined) closeSync(directory);
  }
}
