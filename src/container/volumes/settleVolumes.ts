import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { readRecord } from "../../base/index.ts";
import { isStagingOwned, newStagingName } from "../../overlay/index.ts";
import { attachVolumeAgain, condemnVolume, volumeDirectory } from "../state/volumes.ts";

/** What a process has in hand below `volumes/`: one that it makes, or one that it takes away and still looks for users of. */
export type VolumeTask = "new" | "checking";

const taskName = /^\.(new|checking)\.([0-9a-f]{16}\.\d{1,10}\.\d{1,20}\.[0-9a-f]{32})\./;

/** The `id` for `ensureVolume` and `detachVolume` that says which process works there (`settleVolumes`). */
export function volumeTask(task: VolumeTask): string {
  return `${task}.${newStagingName()}`;
}

/** Whether a process that is still there works on this entry of `volumes/`. */
export function isInHand(entry: string): boolean {
  const owner = taskName.exec(entry)?.[2];
  return owner !== undefined && isStagingOwned(owner);
}

/**
 * Decides about what killed processes had in hand: a half-made volume is condemned, one that was only being looked at is
 * put back. Whoever removes a volume deletes what is condemned.
 *
 * @throws EngineError `fileSystem`.
 */
export function settleVolumes(root: string): void {
  const parent = join(root, "volumes");
  if (!existsSync(parent)) return;
  for (const entry of readdirSync(parent)) {
    const task = taskName.exec(entry)?.[1];
    if (task === undefined || isInHand(entry)) continue;
    const path = join(parent, entry);
    if (task === "checking") putBack(root, path);
    if (existsSync(path)) condemnVolume(root, path);
  }
}

/** Not over a volume that has got the name meanwhile, and not where it would lie under another name than its own. */
function putBack(root: string, path: string): void {
  const name = readRecord(join(path, "volume.json"))?.name;
  if (typeof name !== "string" || !/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(name)) return;
  if (!existsSync(volumeDirectory(root, name))) attachVolumeAgain(root, name, path);
}
