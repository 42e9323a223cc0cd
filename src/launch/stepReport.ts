import { errnoName } from "../base/index.ts";
import type { JournalRecord } from "./journalReader.ts";
import type { LaunchPhase, LaunchStep } from "./plan.ts";

/** One system call as the helper made it for a step of the plan. */
export interface StepReport {
  readonly step: string;
  readonly process: LaunchPhase;
  readonly call: string;
  readonly args: string;
  readonly result: number;
  /** `ENOENT`, when the call failed. */
  readonly errno?: string;
  /** When it began, nanoseconds of CLOCK_MONOTONIC (the clock of `process.hrtime`). */
  readonly atNs: bigint;
  readonly tookNs: number;
  readonly why: string;
}

/** Decodes a `call` record; `steps` gives the reason of each step by its id. */
export function parseStepReport({ fields }: JournalRecord, steps: ReadonlyMap<string, LaunchStep>): StepReport {
  const errno = Number(fields.get("errno"));
  const step = fields.get("step") ?? "";
  return {
    step,
    process: (fields.get("process") ?? "host") as LaunchPhase, // the helper knows no other words
    call: fields.get("name") ?? "",
    args: fields.get("args") ?? "",
    result: Number(fields.get("result")),
    ...(errno === 0 ? {} : { errno: errnoName(errno) }),
    atNs: BigInt(fields.get("at") ?? 0),
    tookNs: Number(fields.get("took")),
    why: steps.get(step)?.why ?? "",
  };
}
