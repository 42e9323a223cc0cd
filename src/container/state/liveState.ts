import { join } from "node:path";
import { readFileIfExists, readRecord } from "../../base/index.ts";
import { containerPaths } from "./containerPaths.ts";
import { endOfBoot } from "./endOfBoot.ts";
import { isAlive, type ProcessIdentity } from "./processIdentity.ts";

/**
 * What a container does at this moment. It is derived, never stored: from the records that its monitor writes
 * (native/monitor.c) and from whether those processes still are what they were.
 */
export type LiveState =
  /** Made, never started. */
  | { readonly status: "created" }
  | RunningState
  /** Its process has ended and the monitor will start it again. */
  | { readonly status: "restarting"; readonly monitor: ProcessIdentity; readonly exit: ExitRecord }
  | { readonly status: "exited"; readonly exit: ExitRecord }
  /** It ended while no monitor was there to see how; `process` is what it was. */
  | (Pick<RunningState, "process" | "startedAt" | "restarts"> & { readonly status: "dead" });

export interface RunningState {
  readonly status: "running" | "paused";
  /** The container's first process, as the host sees it. */
  readonly process: ProcessIdentity;
  /** Absent when it was killed: the container goes on without it. */
  readonly monitor?: ProcessIdentity;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly restarts: number;
}

/**
 * `containers/<id>/exit.json`, written by the monitor at every end, before anything is torn down: on the data root, or,
 * when that is full, on the run-time root.
 */
export interface ExitRecord {
  /** Whether the payload was executed at all. */
  readonly started: boolean;
  /** 0 to 255, or the number of the signal that ended it. */
  readonly exitCode?: number;
  readonly signal?: number;
  /** False: nobody saw how it ended, and `exitCode` is a stand-in. */
  readonly exitCodeKnown?: false;
  /** The monitor was about to start it again. */
  readonly restarting?: true;
  /** No monitor wrote this: the machine was started anew while it ran. */
  readonly rebooted?: true;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly restarts: number;
  /** Bytes of its output that the log did not take: a full disk, a receiver that is away or too slow. */
  readonly unlogged?: number;
  /** Why it was not executed: step, process, call, errno and arguments, a line each. */
  readonly failure: string;
  /** Files of its group as they were at the end: `memory.events`, `memory.peak`, ... */
  readonly statistics: Readonly<Record<string, string>>;
}

export interface StatePlaces {
  readonly root: string;
  readonly runRoot: string;
}

export interface LiveStateRequest extends StatePlaces {
  readonly id: string;
  /** Its v2 group, which tells whether it is paused. */
  readonly cgroup?: string;
  /** `readBootId()`, from who asks about many containers. */
  readonly bootId?: string;
}

/** The directory of a container on the run-time root: `monitor.sock`, `monitor.json`, `running.json`, `stdout`, `stderr`. */
export function runDirectory(runRoot: string, id: string): string {
  return join(runRoot, "containers", id);
}

/** @throws EngineError `storeCorrupt` for a record that the monitor did not write. */
export function readLiveState({ root, runRoot, id, cgroup, bootId }: LiveStateRequest): LiveState {
  const directory = runDirectory(runRoot, id);
  const running = readRecord(`${directory}/running.json`) as RunningRecord | undefined; // the monitor's own words
  const keeper = readRecord(`${directory}/monitor.json`) as ProcessIdentity | undefined; // likewise
  const monitor = keeper !== undefined && isAlive(keeper, "/proc", bootId) ? keeper : undefined;
  // With its monitor still there, a process that has ended has not been put away yet: its group may still hold others.
  if (running !== undefined && (monitor !== undefined || isAlive(running.process, "/proc", bootId))) {
    const frozen = cgroup !== undefined && readFileIfExists(`${cgroup}/cgroup.freeze`)?.trim() === "1";
    const { process, startedAt, restarts } = running;
    const status = frozen ? "paused" : "running";
    return { status, process, startedAt, restarts, ...(monitor === undefined ? {} : { monitor }) };
  }
  const exit = readExit(directory) ?? readExit(containerPaths(root, id).directory);
  const rebooted = endOfBoot({ root, id, running, exit, bootId });
  if (rebooted !== undefined) return { status: "exited", exit: rebooted };
  if (running !== undefined && (exit === undefined || running.startedAt > exit.finishedAt))
    return { ...running, status: "dead" };
  if (exit === undefined) return { status: "created" };
  return monitor === undefined ? { status: "exited", exit } : { status: "restarting", monitor, exit };
}

function readExit(directory: string): ExitRecord | undefined {
  return readRecord(`${directory}/exit.json`) as ExitRecord | undefined; // the monitor's own words
}

/** Whether something of it runs or will run again by itself. */
export function isLive(request: LiveStateRequest): boolean {
  const running = readRecord(`${runDirectory(request.runRoot, request.id)}/running.json`) as RunningRecord | undefined; // as below
  if (running !== undefined && isAlive(running.process, "/proc", request.bootId)) return true; // mostly: who asks about many reads less
  return isUnderWay(readLiveState(request));
}

/** The same, of a state that was read. */
export function isUnderWay({ status }: Pick<LiveState, "status">): boolean {
  return status === "running" || status === "paused" || status === "restarting";
}

export interface RunningRecord {
  readonly process: ProcessIdentity;
  readonly startedAt: string;
  readonly restarts: number;
}

/** Whether something stays with a container: a payload that runs, or a monitor about to start it or to put it away. */
export function isKept(places: StatePlaces & { readonly id: string }): boolean {
  return isLive(places) || monitorOf(places.runRoot, places.id) !== undefined;
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
