import { EngineError } from "../base/index.ts";
import type { CommandContext, Outcome } from "./context.ts";

/** How a command ends that goes on until it is interrupted: with the signal's status, and nothing to say. */
export function interruptedStatus({ signal }: Pick<CommandContext, "signal">): Outcome {
  const reason: unknown = signal.reason;
  const status = reason instanceof EngineError ? reason.details.exitStatus : undefined;
  return signal.aborted && typeof status === "number" ? { exitStatus: status } : {};
}
