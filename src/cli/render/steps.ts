import type { StepReport } from "../../launch/index.ts";
import type { SayReason } from "../../messages/index.ts";
import type { CommandContext } from "../context.ts";
import { type GlobalDraft, languageOf } from "../globalFlags.ts";
import { sanitizeLine } from "./sanitize.ts";

/** Writes each call to stderr as it is reported, with its reason in the caller's language. */
export async function showSteps(globals: GlobalDraft, context: CommandContext): Promise<(step: StepReport) => void> {
  const { loadReasons } = await import("../../messages/index.ts");
  const say = await loadReasons(languageOf(globals, context));
  return (step) => context.stderr.write(`${formatStep(step, say)}\n`);
}

/** One call of the helper: who made it, what it was, how it ended, how long it took, and why. */
export function formatStep(step: StepReport, say: SayReason): string {
  const { process, call, args, result, errno, tookNs } = step;
  const why = say(step.why);
  const outcome = errno === undefined ? String(result) : `-1 ${errno}`;
  const micros = `${(tookNs / 1000).toFixed(1)}us`;
  const what = `${call}(${args}) = ${outcome}`;
  return sanitizeLine(`${process.padEnd(5)} ${micros.padStart(9)}  ${what}${why === "" ? "" : `  # ${why}`}`);
}
