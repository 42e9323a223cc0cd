import { readEvents } from "../../cgroups/index.ts";
import type { ContainerRecord } from "./containerRecord.ts";
import { type ExitRecord, type LiveState, readLiveState, type StatePlaces } from "./liveState.ts";

/** What a container does and how it last ended, in the words of Docker's State. */
export interface ObservedState {
  readonly status: "created" | "running" | "paused" | "restarting" | "exited" | "dead";
  /** The first process on the host, while there is one. */
  readonly pid?: number;
  /** RFC 3339; absent when it was never started. */
  readonly startedAt?: string;
  readonly finishedAt?: string;
  /** As a shell would report it: the status, or 128 and the number of the signal. Absent: not ended, or nobody saw it. */
  readonly exitCode?: number;
  readonly oomKilled: boolean;
  /** How often its monitor has started it again. */
  readonly restarts: number;
  /** The record of its last end, if one was written. */
  readonly exit?: ExitRecord;
}

/** @throws EngineError `storeCorrupt`. */
export function readObservedState(
  { id, cgroup }: ContainerRecord,
  { root, runRoot, bootId }: StatePlaces & { readonly bootId?: string },
): ObservedState {
  const group = cgroup === undefined ? {} : { cgroup };
  return observeState(readLiveState({ root, runRoot, id, ...group, ...(bootId === undefined ? {} : { bootId }) }));
}

/** Puts the monitor's records into Docker's words. Pure. */
export function observeState(live: LiveState): ObservedState {
  switch (live.status) {
    case "created":
      return { status: "created", oomKilled: false, restarts: 0 };
    case "running":
    case "paused": {
      const { status, process, startedAt, restarts } = live;
      return { status, pid: process.pid, startedAt, oomKilled: false, restarts };
    }
    case "dead":
      return { status: "dead", startedAt: live.startedAt, exitCode: unseenEnd, oomKilled: false, restarts: 0 };
    case "restarting":
    case "exited":
      return { status: live.exit.started ? live.status : "created", ...observeExit(live.exit) };
  }
}

/** A start that failed leaves a container as Docker does: created, with an exit status and an error. */
function observeExit(exit: ExitRecord): Omit<ObservedState, "status" | "pid"> {
  const { startedAt, finishedAt, restarts } = exit;
  const exitCode = exitStatusOf(exit);
  return {
    ...(exit.started ? { startedAt, finishedAt } : {}),
    ...(exitCode === undefined ? {} : { exitCode }),
    oomKilled: oomKillsOf(exit) > 0,
    restarts,
    exit,
  };
}

/** What `wait` and `inspect` say of an end that nobody saw; never 0, which would mean success. */
export const unseenEnd = 255;

/** Docker's status of a container that could not be started and whose command was found. */
const failedStart = 128;

function exitStatusOf({ started, exitCode, signal }: ExitRecord): number | undefined {
  if (!started) return failedStart;
  return signal === undefined ? exitCode : 128 + signal;
}

/** How many processes the kernel killed in the container's group because memory ran out. */
export function oomKillsOf(exit: ExitRecord): number {
  return readEvents((file) => groupFileOf(exit, file)).memory?.oomKill ?? 0;
}

/** A file of the container's group as it was at the end. */
export function groupFileOf({ statistics }: ExitRecord, file: string): string | undefined {
  return Object.hasOwn(statistics, file) ? statistics[file] : undefined;
}
