import { existsSync } from "node:fs";
import { readFileIfExists } from "../../base/index.ts";
import { containerPaths } from "./containerPaths.ts";
import { readContainerState } from "./containerState.ts";
import type { ExitRecord, RunningRecord } from "./liveState.ts";
import { readBootId } from "./processIdentity.ts";

export interface BootEndRequest {
  readonly root: string;
  readonly id: string;
  readonly running: RunningRecord | undefined;
  readonly exit: ExitRecord | undefined;
  readonly bootId?: string | undefined;
}

/**
 * The end of a container that was last started before the machine was, and whose end nobody recorded; undefined for any
 * other. Its run-time records went with the tmpfs that they were on, so the mark of its start on the data root tells.
 */
export function endOfBoot(request: BootEndRequest): ExitRecord | undefined {
  const { exit, running } = request;
  const start = running === undefined ? readStart(request) : { at: running.startedAt, bootId: running.process.bootId };
  if (start === undefined || start.bootId === (request.bootId ?? readBootId())) return undefined;
  // A start that failed has left nothing for a reboot to end.
  if (existsSync(containerPaths(request.root, request.id).failure)) return undefined;
  // Marks have milliseconds and the monitor's records nanoseconds.
  const isOver =
    exit !== undefined && exit.finishedAt.slice(0, 23) >= start.at.slice(0, 23) && exit.restarting !== true;
  if (isOver) return undefined;
  return {
    started: true,
    exitCode: killedStatus,
    exitCodeKnown: false,
    rebooted: true,
    startedAt: exit?.restarting === true ? exit.finishedAt : start.at,
    finishedAt: bootTime(),
    restarts: exit?.restarts ?? 0,
    failure: "",
    statistics: {},
  };
}

/** What a shutdown does to whatever still runs at its end: SIGKILL. */
const killedStatus = 137;

function readStart({ root, id }: BootEndRequest): { readonly at: string; readonly bootId: string } | undefined {
  const state = readContainerState(containerPaths(root, id).state);
  return state?.status === "created" ? state.started : undefined;
}

/** `btime` of proc_stat(5): nothing of an earlier boot ran any more. */
function bootTime(): string {
  const seconds = /^btime (\d{1,12})$/m.exec(readFileIfExists("/proc/stat") ?? "")?.[1];
  return new Date(Number(seconds ?? 0) * 1000).toISOString();
}
