import { EngineError } from "../../base/index.ts";
import type { FailedLaunch } from "../../launch/index.ts";

/** What a step about a network said when it failed. */
export function networkFailure(attempt: string, { step, call, args, errno }: FailedLaunch): EngineError {
  // The last line of ip(8) in batch mode only counts lines.
  const said = args
    .trim()
    .replace(/\n?Command failed -:\d+$/, "")
    .replaceAll(/\s*\n\s*/g, "; ");
  return new EngineError("launchFailed", `cannot ${attempt}: ${said === "" ? `${call}: ${errno}` : said}`, {
    hint: "brig network check says what is not as it should be",
    details: { step, call, errno },
  });
}
