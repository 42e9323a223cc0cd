import { existsSync } from "node:fs";
import { join } from "node:path";
import { makeDirectory, readFileIfExists, removeFile, writeFileAtomic } from "../../base/index.ts";
import { isLive, type LiveStateRequest, runDirectory, type StatePlaces } from "./liveState.ts";
import { identifyProcess, isAlive, type ProcessIdentity } from "./processIdentity.ts";

/**
 * `<runRoot>/containers/<id>/starting`: who is about to start a container. From then on it counts as one that runs, for
 * those who ask whose a port is or who is in a network: of two that start at the same moment, each sees the other.
 */
export function markStarting({ runRoot }: StatePlaces, id: string, pid: number): void {
  const owner = identifyProcess(pid);
  if (owner === undefined) throw new Error(`there is no process ${pid}`);
  makeDirectory(runDirectory(runRoot, id));
  writeFileAtomic(markPath(runRoot, id), `${JSON.stringify(owner)}\n`);
}

/** Idempotent. */
export function clearStarting({ runRoot }: Pick<StatePlaces, "runRoot">, id: string): void {
  removeFile(markPath(runRoot, id));
}

/** Whether somebody was about to start a container, and perhaps is. */
export function wasStarting(runRoot: string, id: string): boolean {
  return existsSync(markPath(runRoot, id));
}

/** Whether a container runs, or is being started. `bootId` is for callers that ask about many. */
export function isUp(places: Omit<LiveStateRequest, "id">, id: string): boolean {
  return isLive({ ...places, id }) || isStarting(places.runRoot, id);
}

function isStarting(runRoot: string, id: string): boolean {
  const text = readFileIfExists(markPath(runRoot, id));
  const owner = text === undefined ? undefined : parseOwner(text);
  return owner !== undefined && isAlive(owner);
}

function parseOwner(text: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(text) as ProcessIdentity; // brig's own file, in a directory of its own
  } catch {
    return undefined; // written when the machine stopped
  }
}

function markPath(runRoot: string, id: string): string {
  return join(runDirectory(runRoot, id), "starting");
}
