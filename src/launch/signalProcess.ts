import { EngineError } from "../base/index.ts";
import { runHelper } from "./helperProcess.ts";
import type { FieldValue, LaunchStep } from "./plan.ts";

export interface SignalRequest {
  readonly helperPath: string;
  readonly process: { readonly pid: number; readonly startTime: string };
  readonly number: number;
}

/**
 * Signals a process through a pidfd after its start time was verified, so that a later process with the same number is
 * never hit (pidfd_open(2)). A process that has ended needs no signal.
 *
 * @throws EngineError `helperMissing`, or `launchFailed` when the helper ends without a word.
 */
export async function signalProcess({ helperPath, process, number }: SignalRequest): Promise<void> {
  const step = (op: string, fields: Record<string, FieldValue>): LaunchStep => ({
    id: op,
    phase: "host",
    op,
    fields,
    why: "",
  });
  const steps = [
    step("target", { as: "target", pid: process.pid, started: process.startTime }),
    step("signal", { target: "target", number }),
  ];
  const exit = await runHelper({
    plan: { steps },
    helperPath,
    stdio: ["ignore", "ignore", "ignore"],
    onRecord: () => {},
  });
  if (exit?.signal === null) return;
  throw new EngineError("launchFailed", `cannot signal the process ${process.pid}: the helper was ended`);
}
