import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { makeDirectory } from "../../base/index.ts";
import {
  attachTracer,
  type JournalVerification,
  requireStrace,
  type StepReport,
  type Tracer,
  verifyJournal,
  type WaitingHelper,
} from "../../launch/index.ts";
import { requireRoot } from "../run/draftRun.ts";
import type { EngineContext } from "../run/engineContext.ts";
import type { LaunchTracing, MakeRequest } from "../run/runContainer.ts";

/**
 * Runs a container while strace(1) follows its launch, up to the execution of the payload, and tells
 * `observer.onVerified` whether the helper's journal and the kernel agree. `run` is one of `runContainer` and `runDetached`.
 *
 * @throws EngineError `notOffered` where strace is missing or may not trace, and whatever `run` throws.
 */
export async function verifyRun<Request extends MakeRequest, Report>(
  run: (request: Request, context: EngineContext) => Promise<Report>,
  request: Request,
  context: EngineContext,
): Promise<Report> {
  const strace = requireStrace("verify the journal of a launch");
  requireRoot(context.probeHost());
  makeDirectory(context.runRoot);
  const directory = mkdtempSync(join(context.runRoot, ".trace-"));
  try {
    const launch = followLaunch((pid) => attachTracer(strace, { pid, directory }));
    const onStep = (record: StepReport) => {
      launch.takes(record);
      request.observer.onStep?.(record);
    };
    const followed = { ...request, observer: { ...request.observer, onStep }, tracing: launch.tracing };
    const report = await run(followed, context).finally(async () => {
      const verification = await launch.settled();
      if (verification !== undefined) request.observer.onVerified?.(verification);
    });
    return report;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

interface FollowedLaunch {
  readonly tracing: LaunchTracing;
  readonly takes: (record: StepReport) => void;
  /** Undefined when the launch ended before there was anything to follow. */
  readonly settled: () => Promise<JournalVerification | undefined>;
}

function followLaunch(attach: (pid: number) => Promise<Tracer>): FollowedLaunch {
  const records: StepReport[] = [];
  let tracer: Tracer | undefined;
  let trace: ReturnType<Tracer["stop"]> | undefined;
  let started = false;
  return {
    tracing: {
      begin: async ({ process }: WaitingHelper) => {
        if (process.pid !== undefined) tracer = await attach(process.pid);
      },
      started: () => {
        started = true;
        trace = tracer?.stop();
      },
    },
    takes: (record) => {
      if (!started) records.push(record);
    },
    settled: async () => {
      const seen = await (trace ?? tracer?.stop());
      return seen === undefined ? undefined : verifyJournal({ records, trace: seen, started });
    },
  };
}
