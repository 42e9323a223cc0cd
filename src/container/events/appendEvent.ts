import { closeSync, constants, fstatSync, openSync, renameSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { errnoOf, fileSystemError, makeDirectory, withLock } from "../../base/index.ts";
import { instantOf } from "../options/timeFlag.ts";
import { type EventActor, planActor } from "./planActor.ts";

/** The file of events below the data root, and how large it may grow before it is put aside. */
export const eventsFile = "events.ndjson";
const mostBytes = 16 * 1024 * 1024;

type EventDetail =
  | "signal"
  | "exitCode"
  | "execID"
  | "oldName"
  | "execDuration"
  | "container"
  | "driver"
  | "comment"
  | "imageID"
  | "imageRef";

export interface AppendRequest extends EventActor {
  readonly root: string;
  readonly now: Date;
  /** Docker's word: `create`, `kill`, `exec_start: sh -c ls`. At most 200 bytes of it are kept. */
  readonly action: string;
  /** What only this event says; at most 64 characters of each value are kept. */
  readonly details?: Readonly<Partial<Record<EventDetail, string>>>;
}

/**
 * Appends an event to `<root>/events.ndjson`. The line is written by one write(2) with O_APPEND, so lines of several
 * processes do not mix. A file that has grown to 16 MiB becomes `events.ndjson.1`, and what was there before goes. A
 * monitor does not rotate; it stops appending at 64 MiB (native/monitor.c).
 *
 * What an event tells has already happened, so a disk that takes no more lines does not fail the verb that caused it.
 */
export async function appendEvent(request: AppendRequest): Promise<void> {
  const path = join(request.root, eventsFile);
  try {
    if (appendLine(path, eventLine(request), request.root) < mostBytes) return;
    await rotate(request.root, path);
  } catch (error) {
    if (!["ENOSPC", "EDQUOT", "EROFS"].includes(errnoOf(error) ?? "")) throw fileSystemError(error, "write", path);
  }
}

/** One line of the log: what is the same for all events of an actor comes last, as the monitor writes it. */
export function eventLine({ now, action, details = {}, ...actor }: Omit<AppendRequest, "root">): string {
  const members = Object.entries(details).map(
    ([name, value]) => `,${JSON.stringify(name)}:${JSON.stringify(value.slice(0, 64))}`,
  );
  const named = JSON.stringify(Buffer.from(action).subarray(0, 200).toString());
  return `{"time":"${instantOf(now)}","action":${named.length > 256 ? '"unknown"' : named}${members.join("")},${planActor(actor)}}\n`;
}

/** Returns the size of the file after the line. */
function appendLine(path: string, line: string, root: string): number {
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
  const fd = openOrMake(path, flags, root);
  try {
    writeSync(fd, line);
    return fstatSync(fd).size;
  } finally {
    closeSync(fd);
  }
}

function openOrMake(path: string, flags: number, root: string): number {
  try {
    return openSync(path, flags, 0o600);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
    makeDirectory(root);
    return openSync(path, flags, 0o600);
  }
}

/** Under a lock, and only what is there and large then: two that rotate must not throw the history away. */
async function rotate(root: string, path: string): Promise<void> {
  await withLock(join(root, "events.lock"), { mode: "exclusive" }, () => {
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) >= mostBytes) renameSync(path, `${path}.1`);
  });
}
