import { formatBinarySize } from "../../base/index.ts";
import { readEvents } from "../../cgroups/index.ts";
import { nameOfNumber } from "../options/signalFlag.ts";
import type { ExitRecord } from "../state/liveState.ts";
import { groupFileOf, type ObservedState } from "../state/observedState.ts";
import { describeFailedStep } from "./failedStep.ts";
import type { StartFailure } from "./startFailure.ts";

/** What is known about the last end of a container. */
export interface EndFacts {
  readonly state: ObservedState;
  /** What was said when the last start failed; absent when it did not. */
  readonly failure?: Pick<StartFailure, "message">;
}

/**
 * Says in one sentence why a container is not running, or how it ended the last time. Pure: it looks at records only.
 * Undefined for one that was never started and one that has not ended since its start.
 */
export function explainEnd({ state, failure }: EndFacts): string | undefined {
  const { status, exit } = state;
  if (failure !== undefined) return `could not be started: ${failure.message}`;
  if (status === "dead") return unseen;
  if (exit === undefined) return undefined;
  if (!exit.started) return `could not be started: ${describeFailedStep(exit.failure)}`;
  return `${explainExit(exit)}${refusedForks(exit)}${unloggedOutput(exit)}`;
}

function unloggedOutput({ unlogged = 0 }: ExitRecord): string {
  return unlogged === 0 ? "" : `; ${unlogged} bytes of what it wrote did not reach its log`;
}

const unseen = "unknown: it ended while its monitor was not there to see how, as after a kill of the monitor";

function explainExit(exit: ExitRecord): string {
  if (exit.rebooted === true) return "ended with the machine, which was started anew while it ran; how is not known";
  if (exit.exitCodeKnown === false) return unseen;
  const memory = explainMemory(exit);
  const name = exit.signal === undefined ? undefined : (nameOfNumber(exit.signal) ?? `signal ${exit.signal}`);
  const killed = name === "SIGKILL" || exit.exitCode === sigkillStatus;
  if (memory !== undefined && killed) return `killed by the kernel: ${memory}`;
  const end = name === undefined ? explainStatus(exit.exitCode) : `ended by ${name}${explainKill(exit, name)}`;
  return memory === undefined ? end : `${end}, after the kernel had killed a process of it: ${memory}`;
}

const sigkillStatus = 137;

/** The limit, the most that was used, and how many were killed; undefined when memory did not run out. */
function explainMemory(exit: ExitRecord): string | undefined {
  const read = (file: string) => groupFileOf(exit, file);
  const kills = readEvents(read).memory?.oomKill ?? 0;
  if (kills === 0) return undefined;
  const peak = wholeNumber(read("memory.peak"));
  const limit = wholeNumber(read("memory.max"));
  return [
    limit === undefined
      ? "the machine, or a group above the container's, ran out of memory"
      : `memory limit ${formatSize(limit)} reached`,
    ...(peak === undefined ? [] : [`peak ${formatSize(peak)}`]),
    `${kills} ${kills === 1 ? "kill" : "kills"}`,
  ].join(", ");
}

/** Who sent SIGKILL is not recorded by the kernel; that it was not the memory limit is. */
function explainKill(exit: ExitRecord, name: string): string {
  if (name !== "SIGKILL") return "";
  const known = groupFileOf(exit, "memory.events") !== undefined;
  return known
    ? ", which was sent to it: its memory had not run out"
    : "; whether memory ran out is not known, because the host has no memory controller in cgroup v2";
}

/** What shells and libraries mean by some statuses (bash(1), "EXIT STATUS"). */
function explainStatus(code: number | undefined): string {
  if (code === undefined) return "ended, and its status was not recorded";
  const said = `exited with ${code}`;
  if (code === 126) return `${said}, as a shell does for a command that it may not execute`;
  if (code === 127) return `${said}, as a shell does for a command that it cannot find`;
  const signal = code > 128 && code <= 128 + 64 ? nameOfNumber(code - 128) : undefined;
  return signal === undefined ? said : `${said}, as a shell does for a command that ${signal} ended`;
}

function refusedForks(exit: ExitRecord): string {
  const refused = readEvents((file) => groupFileOf(exit, file)).pidsMax ?? 0;
  if (refused === 0) return "";
  return `; the limit of its processes kept it from making one ${refused === 1 ? "once" : `${refused} times`}`;
}

function wholeNumber(text: string | undefined): number | undefined {
  const word = text?.trim() ?? "";
  return /^\d{1,20}$/.test(word) ? Number(word) : undefined;
}

/** `64 MiB`: with a space, because it stands in a sentence. */
function formatSize(bytes: number): string {
  return formatBinarySize(bytes).replace(/(?=[A-Z])/, " ");
}
