import { EngineError } from "../../base/index.ts";
import type { FailedLaunch } from "../../launch/index.ts";

/** What a step about a network said when it failed. */
export function networkFailure(attempt: string, { step, call, args, errno }: FailedLaunch): EngineError {
  const said = args.trim().replaceAll(/\s*\n\s*/g, "; ");
  return new EngineError("launchFailed", `cannot ${attempt}: ${said === "" ? `${call}: ${errno}` : said}`, {
    hint: "brig network check says what is not as it should be",
    details: { step, call, errno },
  });
}
