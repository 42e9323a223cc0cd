import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { errnoOf, fileSystemError, makeDirectory, writeFileAtomic } from "../../base/index.ts";
import { readRecord } from "./jsonRecord.ts";
import { isAlive, type ProcessIdentity } from "./processIdentity.ts";

/**
 * The journal of intents: `pending/<id>` exists from before anything of a container is made until it is complete, or,
 * with `--rm`, until everything of it is gone. What a killed process left behind is found here without looking
 * at every container.
 */
export function markPending(root: string, id: string, owner: ProcessIdentity): void {
  makeDirectory(pendingDirectory(root));
  writeFileAtomic(join(pendingDirectory(root), id), `${JSON.stringify(owner)}\n`);
}

/** Idempotent. */
export function clearPending(root: string, id: string): void {
  rmSync(join(pendingDirectory(root), id), { force: true });
}

/** The ids of containers whose maker died before it was done with them. */
export function abandonedContainers(root: string, proc?: string): readonly string[] {
  return listPending(root).filter((id) => {
    const owner = readOwner(join(pendingDirectory(root), id));
    return owner === undefined || !isAlive(owner, proc);
  });
}

function listPending(root: string): readonly string[] {
  const directory = pendingDirectory(root);
  try {
    return readdirSync(directory).filter((name) => /^[0-9a-f]{64}$/.test(name));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw fileSystemError(error, "read the directory", directory);
  }
}

function readOwner(path: string): ProcessIdentity | undefined {
  const record = readRecord(path);
  if (typeof record?.pid !== "number" || typeof record.startTime !== "string" || typeof record.bootId !== "string") {
    return undefined;
  }
  return { pid: record.pid, startTime: record.startTime, bootId: record.bootId };
}

function pendingDirectory(root: string): string {
  return join(root, "pending");
}
