import { corruptRecord, readRecord } from "../../base/index.ts";
import type { LaunchPhase } from "../../launch/index.ts";
import { markWaiting, waitedNs } from "./waiting.ts";

/** A system call that the helper made to start a container. */
export interface JournalCall {
  /** The step of the plan that it was made for, and the reason of that step. */
  readonly step: string;
  readonly why: string;
  readonly process: LaunchPhase;
  readonly call: string;
  readonly args: string;
  readonly result: number;
  /** `ENOENT`, when the call failed. */
  readonly errno?: string;
  /** Nanoseconds after the first call began. */
  readonly startNs: number;
  readonly tookNs: number;
  /** How much of it passed while some process of the launch stood at a stop (`--step`). */
  readonly waitedNs?: number;
}

/** What the helper did at the last start that a command made; a restart by the monitor repeats the same plan. */
export interface StartJournal {
  /** When the payload was executed or the start had failed: RFC 3339. */
  readonly time: string;
  readonly outcome: "started" | "failed";
  /** In the order in which they were reported: the processes of a start report side by side. */
  readonly calls: readonly JournalCall[];
  /** How many calls more were made than are kept. */
  readonly dropped: number;
  /** How long the launch stood at stops, which is no part of what it took; nanoseconds. */
  readonly waitedNs?: number;
}

/**
 * Undefined when no start of the container was kept.
 *
 * @throws EngineError `storeCorrupt` when the file is not what `newJournalKeeper` writes.
 */
export function readStartJournal(path: string): StartJournal | undefined {
  const record = readRecord(path);
  if (record === undefined) return undefined;
  const { time, outcome, dropped, steps, calls } = record;
  if (typeof time !== "string" || typeof dropped !== "number") throw corruptRecord(path);
  if (outcome !== "started" && outcome !== "failed") throw corruptRecord(path);
  if (!Array.isArray(steps) || !Array.isArray(calls)) throw corruptRecord(path);
  const reasons = new Map(steps.map((step: unknown) => parseReason(step, path)));
  const made = calls.map((call: unknown) => parseCall(call, reasons, path));
  const waited = waitedNs(made);
  return { time, outcome, dropped, calls: markWaiting(made), ...(waited === 0 ? {} : { waitedNs: waited }) };
}

function parseReason(entry: unknown, path: string): readonly [string, string] {
  const [step, why]: readonly unknown[] = Array.isArray(entry) ? entry : [];
  if (typeof step !== "string" || typeof why !== "string") throw corruptRecord(path);
  return [step, why];
}

function parseCall(entry: unknown, reasons: ReadonlyMap<string, string>, path: string): JournalCall {
  const [step, process, call, args, result, errno, startNs, tookNs]: readonly unknown[] = Array.isArray(entry)
    ? entry
    : [];
  if (typeof step !== "string" || typeof process !== "string" || typeof call !== "string" || typeof args !== "string")
    throw corruptRecord(path);
  if (typeof result !== "number" || typeof startNs !== "number" || typeof tookNs !== "number")
    throw corruptRecord(path);
  return {
    step,
    why: reasons.get(step) ?? "",
    process: process as LaunchPhase, // the keeper wrote it from a report
    call,
    args,
    result,
    ...(typeof errno === "string" ? { errno } : {}),
    startNs,
    tookNs,
  };
}
