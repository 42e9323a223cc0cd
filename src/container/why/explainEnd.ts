import { formatBinarySize } from "../../base/index.ts";
import { numberIn, readEvents } from "../../cgroups/index.ts";
import { nameOfNumber } from "../options/signalFlag.ts";
import type { ExitRecord } from "../state/liveState.ts";
import { groupFileOf, type ObservedState } from "../state/observedState.ts";
import type { WhyMessages } from "./explanation.ts";
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
export function explainEnd({ state, failure }: EndFacts, words: EndMessages): string | undefined {
  const { status, exit } = state;
  if (failure !== undefined) return words.notStarted({ reason: failure.message });
  if (status === "dead") return words.unseen;
  if (exit === undefined) return undefined;
  if (!exit.started) return words.notStarted({ reason: describeFailedStep(exit.failure, words) });
  const end = refusedForks(explainExit(exit, words), exit, words);
  const { unlogged: bytes = 0 } = exit;
  return bytes === 0 ? end : words.unlogged({ end, bytes });
}

type EndMessages = WhyMessages["end"];

function explainExit(exit: ExitRecord, words: EndMessages): string {
  if (exit.rebooted === true) return words.rebooted;
  if (exit.exitCodeKnown === false) return words.unseen;
  const memory = explainMemory(exit, words);
  const name =
    exit.signal === undefined
      ? undefined
      : (nameOfNumber(exit.signal) ?? words.namelessSignal({ number: exit.signal }));
  const killed = name === "SIGKILL" || exit.exitCode === sigkillStatus;
  if (memory !== undefined && killed) return words.byKernel({ memory });
  const end = name === undefined ? explainStatus(exit.exitCode, words) : explainSignal(exit, name, words);
  return memory === undefined ? end : words.afterKernel({ end, memory });
}

const sigkillStatus = 137;

/** The limit, the most that was used, and how many were killed; undefined when memory did not run out. */
function explainMemory(exit: ExitRecord, words: EndMessages): string | undefined {
  const read = (file: string) => groupFileOf(exit, file);
  const kills = readEvents(read).memory?.oomKill ?? 0;
  if (kills === 0) return undefined;
  const peak = numberIn(read("memory.peak"));
  const limit = numberIn(read("memory.max"));
  return [
    limit === undefined ? words.memoryOut : words.limitReached({ limit: formatSize(limit) }),
    ...(peak === undefined ? [] : [words.peak({ peak: formatSize(peak) })]),
    words.kills({ count: kills }),
  ].join(", ");
}

/** Who sent SIGKILL is not recorded by the kernel; that it was not the memory limit is. */
function explainSignal(exit: ExitRecord, signal: string, words: EndMessages): string {
  if (signal !== "SIGKILL") return words.signal({ signal });
  const known = groupFileOf(exit, "memory.events") !== undefined;
  return known ? words.killSent({ signal }) : words.killUnknown({ signal });
}

/** What shells and libraries mean by some statuses (bash(1), "EXIT STATUS"). */
function explainStatus(code: number | undefined, words: EndMessages): string {
  if (code === undefined) return words.unrecorded;
  if (code === 126) return words.notExecutable({ code });
  if (code === 127) return words.notFound({ code });
  const signal = code > 128 && code <= 128 + 64 ? nameOfNumber(code - 128) : undefined;
  return signal === undefined ? words.exited({ code }) : words.ofSignal({ code, signal });
}

function refusedForks(end: string, exit: ExitRecord, words: EndMessages): string {
  const count = readEvents((file) => groupFileOf(exit, file)).pidsMax ?? 0;
  return count === 0 ? end : words.refusedForks({ end, count });
}

/** `64 MiB`: with a space, because it stands in a sentence. */
function formatSize(bytes: number): string {
  return formatBinarySize(bytes).replace(/(?=[A-Z])/, " ");
}
