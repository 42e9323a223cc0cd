import { requireSystemProgram } from "../../base/index.ts";
import { verifyJournal } from "../../launch/index.ts";
import type { EngineContext } from "../run/engineContext.ts";
import type { MakeRequest } from "../run/runContainer.ts";
import { followRun } from "./followRun.ts";

/**
 * Runs a container while its launch is followed, and tells `observer.onVerified` whether the helper's journal and the
 * kernel agree. `run` is one of `runContainer` and `runDetached`.
 *
 * @throws EngineError `notOffered` where strace is missing or may not trace, and whatever `run` throws.
 */
export async function verifyRun<Request extends MakeRequest, Report>(
  run: (request: Request, context: EngineContext) => Promise<Report>,
  request: Request,
  context: EngineContext,
): Promise<Report> {
  const following = {
    strace: requireSystemProgram("strace", "verify the journal of a launch"),
    onFollowed: (launch: Parameters<typeof verifyJournal>[0]) => request.observer.onVerified?.(verifyJournal(launch)),
  };
  return followRun(run, { request, following }, context);
}
