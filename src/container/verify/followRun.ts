import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { makeDirectory } from "../../base/index.ts";
import {
  attachTracer,
  type LaunchTrace,
  type StepReport,
  type Tracer,
  type TracerRequest,
  type WaitingHelper,
} from "../../launch/index.ts";
import { requireRoot } from "../run/draftRun.ts";
import type { EngineContext } from "../run/engineContext.ts";
import type { LaunchTracing, MakeRequest } from "../run/runContainer.ts";

/** What was seen of a launch from outside, and what the helper said itself. */
export interface FollowedLaunch {
  readonly trace: LaunchTrace;
  /** Up to the start of the payload, or, when it was not started, up to the end of the helper. */
  readonly records: readonly StepReport[];
  readonly started: boolean;
}

/** How a launch is followed. */
export interface Following extends Pick<TracerRequest, "counted"> {
  /** The path of strace(1). */
  readonly strace: string;
  /** Hears what was seen, also of a launch that failed; of one that ended before there was anything to follow nothing. */
  readonly onFollowed: (launch: FollowedLaunch) => void;
}

/**
 * Runs a container while strace(1) follows its launch, up to the execution of the payload. `run` is one of
 * `runContainer` and `runDetached`.
 *
 * @throws EngineError `notOffered` where strace may not trace, and whatever `run` throws.
 */
export async function followRun<Request extends MakeRequest, Report>(
  run: (request: Request, context: EngineContext) => Promise<Report>,
  { request, following }: { readonly request: Request; readonly following: Following },
  context: EngineContext,
): Promise<Report> {
  const { strace, onFollowed, ...counted } = following;
  requireRoot(context.probeHost());
  makeDirectory(context.runRoot);
  const directory = mkdtempSync(join(context.runRoot, ".trace-"));
  try {
    const launch = followLaunch((pid) => attachTracer(strace, { pid, directory, ...counted }));
    const onStep = (record: StepReport) => {
      launch.takes(record);
      request.observer.onStep?.(record);
    };
    const followed = { ...request, observer: { ...request.observer, onStep }, tracing: launch.tracing };
    const report = await run(followed, context).finally(async () => {
      const seen = await launch.settled();
      if (seen !== undefined) onFollowed(seen);
    });
    return report;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

interface LaunchFollower {
  readonly tracing: LaunchTracing;
  readonly takes: (record: StepReport) => void;
  /** Undefined when the launch ended before there was anything to follow. */
  readonly settled: () => Promise<FollowedLaunch | undefined>;
}

function followLaunch(attach: (pid: number) => Promise<Tracer>): LaunchFollower {
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
      return seen === undefined ? undefined : { records, trace: seen, started };
    },
  };
}
