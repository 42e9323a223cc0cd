import { EngineError, writeFileAtomic } from "../../base/index.ts";
import type { StepReport } from "../../launch/index.ts";
import type { StartJournal } from "./startJournal.ts";

/** Several times what a container with dozens of mounts and networks needs; a record of the helper has at most 4 KiB. */
export const maxJournalCalls = 2048;

type OnStep = (report: StepReport) => void;

/** Collects what the helper reports of one start, until it is written. */
export interface JournalKeeper {
  /** Takes the reports, and hands them on. */
  readonly following: (next: OnStep | undefined) => OnStep;
  /**
   * Writes the file; what is reported later belongs to the container's life and not to its start. A container runs
   * without it as well: a full disk, or a directory that is gone already with a short container, is no failure.
   */
  readonly write: (outcome: StartJournal["outcome"], now: Date) => void;
}

/** For `containers/<id>/journal.json`, which `readStartJournal` reads. */
export function newJournalKeeper(path: string): JournalKeeper {
  const reports: StepReport[] = [];
  let dropped = 0;
  let written = false;
  return {
    following: (next) => (report) => {
      next?.(report);
      if (written) return;
      if (reports.length < maxJournalCalls) reports.push(report);
      else dropped += 1;
    },
    write(outcome, now) {
      if (written) return;
      written = true;
      const text = JSON.stringify({ version: 1, time: now.toISOString(), outcome, dropped, ...packed(reports) });
      try {
        writeFileAtomic(path, `${text}\n`);
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
      }
    },
  };
}

/** A step makes several calls: its reason is written once. */
function packed(reports: readonly StepReport[]) {
  const first = reports.reduce((least, { atNs }) => (atNs < least ? atNs : least), reports[0]?.atNs ?? 0n);
  const steps = [...new Map(reports.map(({ step, why }) => [step, why]))];
  const calls = reports.map((report) => {
    const { step, process, call, args, result, errno = null, atNs, tookNs } = report;
    return [step, process, call, args, result, errno, Number(atNs - first), tookNs];
  });
  return { steps, calls };
}
