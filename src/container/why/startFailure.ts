import { EngineError, readRecord, writeRecord } from "../../base/index.ts";
import type { ObservedState } from "../state/observedState.ts";

/**
 * `containers/<id>/failure.json`: why the last start failed, in the words that the user was told. The next start takes it
 * away.
 */
export interface StartFailure {
  readonly message: string;
  readonly hint?: string;
  /** The status that `start` ended with: 125, 126 or 127. */
  readonly exitCode: number;
  /** RFC 3339. */
  readonly time: string;
}

/** Keeps what was said about a failed start, because the files of the container may be gone when somebody asks again. */
export function writeStartFailure(path: string, error: unknown, now: Date): void {
  if (!(error instanceof EngineError)) return;
  const { message, hint, exitStatus } = error;
  const failure: StartFailure = {
    message,
    ...(hint === undefined ? {} : { hint }),
    exitCode: exitStatus === 126 || exitStatus === 127 ? exitStatus : 125,
    time: now.toISOString(),
  };
  writeRecord(path, failure, { durable: false });
}

/** Undefined when the last start did not fail or the record is not one. */
export function readStartFailure(path: string, { status }: Pick<ObservedState, "status">): StartFailure | undefined {
  if (status === "running" || status === "paused" || status === "restarting") return undefined;
  const record = readRecord(path);
  if (record === undefined || typeof record.message !== "string" || typeof record.exitCode !== "number")
    return undefined;
  const { message, hint, exitCode, time } = record;
  return {
    message,
    ...(typeof hint === "string" ? { hint } : {}),
    exitCode,
    time: typeof time === "string" ? time : "",
  };
}
