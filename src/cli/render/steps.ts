import type { StepReport } from "../../launch/index.ts";
import { sanitizeLine } from "./sanitize.ts";

/** One call of the helper: who made it, what it was, how it ended, how long it took, and why. */
export function formatStep({ process, call, args, result, errno, tookNs, why }: StepReport): string {
  const outcome = errno === undefined ? String(result) : `-1 ${errno}`;
  const micros = `${(tookNs / 1000).toFixed(1)}us`;
  const what = `${call}(${args}) = ${outcome}`;
  return sanitizeLine(`${process.padEnd(5)} ${micros.padStart(9)}  ${what}${why === "" ? "" : `  # ${why}`}`);
}
