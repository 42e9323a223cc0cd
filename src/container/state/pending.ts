import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileSystemError, listNames, makeDirectory, readFileIfExists, removeFile } from "../../base/index.ts";
import { isAlive, type ProcessIdentity, readBootId } from "./processIdentity.ts";

/**
 * The journal of intents: `pending/<id>` exists from before anything of a container is made until it is complete, or,
 * with `--rm`, until everything of it is gone. What a killed process left behind is found here without looking
 * at every container.
 */
export function markPending(root: string, id: string, owner: PendingOwner): void {
  const mark = join(pendingDirectory(root), id);
  // Its name says who writes it, so that what a killed writer leaves can be told from what a living one is about to rename.
  const half = `${mark}.${owner.pid}.${owner.startTime}.tmp`;
  makeDirectory(pendingDirectory(root));
  try {
    writeFileSync(half, `${JSON.stringify(owner)}\n`, { mode: 0o600 });
    renameSync(half, mark);
  } catch (error) {
    removeFile(half);
    throw fileSystemError(error, "write", mark);
  }
}

/** Takes away marks whose writers were killed before they had their names. */
export function clearHalfMarks(root: string): void {
  const bootId = readBootId();
  for (const name of listNames(pendingDirectory(root))) {
    const [, pid, startTime] = /^[0-9a-f]{64}\.(\d{1,10})\.(\d{1,20})\.tmp$/.exec(name) ?? [];
    if (pid === undefined || startTime === undefined) continue;
    if (!isAlive({ pid: Number(pid), startTime, bootId })) removeFile(join(pendingDirectory(root), name));
  }
}

/** Who makes or removes a container. */
export interface PendingOwner extends ProcessIdentity {
  /** Whether who removes the container removes its anonymous volumes, too; absent: the container is being made. */
  readonly volumes?: boolean;
}

/** Whether the anonymous volumes go with an abandoned container: nobody has got to know one that was being made. */
export function wantsVolumesRemoved(root: string, id: string): boolean {
  const { pid, volumes } = parseMark(readFileIfExists(join(pendingDirectory(root), id)) ?? "");
  return pid !== undefined && volumes !== false;
}

/** Whether somebody began to remove the container, and has not finished that. */
export function isBeingRemoved(root: string, id: string): boolean {
  return parseMark(readFileIfExists(join(pendingDirectory(root), id)) ?? "").volumes !== undefined;
}

/** Idempotent. */
export function clearPending(root: string, id: string): void {
  removeFile(join(pendingDirectory(root), id));
}

/** The ids of containers whose maker died before it was done with them. */
export function abandonedContainers(root: string, proc?: string): readonly string[] {
  return listPending(root).filter((id) => isAbandoned(join(pendingDirectory(root), id), proc));
}

/**
 * A mark that is gone says that its maker is done, and a maker may be done and end while we look: only a mark that is
 * still the same after its maker was found dead will never be taken away by it. A mark that nobody can read was
 * damaged by a power cut, which no maker outlives.
 */
function isAbandoned(mark: string, proc?: string): boolean {
  const text = readFileIfExists(mark);
  if (text === undefined) return false;
  const owner = parseOwner(text);
  if (owner !== undefined && isAlive(owner, proc)) return false;
  return readFileIfExists(mark) === text;
}

/** Whether a process is making or removing the container at this moment. */
export function isPending(root: string, id: string): boolean {
  const text = readFileIfExists(join(pendingDirectory(root), id));
  const owner = text === undefined ? undefined : parseOwner(text);
  return owner !== undefined && isAlive(owner);
}

function listPending(root: string): readonly string[] {
  return listNames(pendingDirectory(root)).filter((name) => /^[0-9a-f]{64}$/.test(name));
}

function parseOwner(text: string): ProcessIdentity | undefined {
  const { pid, startTime, bootId } = parseMark(text);
  if (typeof pid !== "number" || typeof startTime !== "string" || typeof bootId !== "string") return undefined;
  return { pid, startTime, bootId };
}

function parseMark(text: string): Partial<Record<string, unknown>> {
  try {
    return (JSON.parse(text) ?? {}) as Partial<Record<string, unknown>>; // who reads a member looks at its type
  } catch {
    return {};
  }
}

function pendingDirectory(root: string): string {
  return join(root, "pending");
}
