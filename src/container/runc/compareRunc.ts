import { rmSync } from "node:fs";
import { EngineError, requireSystemProgram } from "../../base/index.ts";
import {
  type ComparedPurpose,
  comparePurposes,
  groupHelperCalls,
  type LaunchCalls,
  type PurposePlaces,
} from "../../launch/index.ts";
import { removeByName } from "../lifecycle/removeByName.ts";
import { requireRoot } from "../run/draftRun.ts";
import type { EngineContext } from "../run/engineContext.ts";
import { planRun } from "../run/planRun.ts";
import { runDetached } from "../run/runContainer.ts";
import type { RunOptions } from "../runOptions.ts";
import type { RunObserver } from "../runReports.ts";
import { containerPaths } from "../state/containerPaths.ts";
import { runDirectory } from "../state/liveState.ts";
import { type FollowedLaunch, followRun } from "../verify/followRun.ts";
import { makeComparisonDirectory } from "./comparisonDirectory.ts";
import { requireComparable } from "./requireComparable.ts";
import { compareAttempt } from "./runcRoom.ts";
import { traceRunc } from "./traceRunc.ts";

export interface CompareRuncRequest {
  readonly options: RunOptions;
  readonly observer?: Pick<RunObserver, "onPull" | "onNotice">;
  readonly signal?: AbortSignal;
}

/** How many system calls a runtime made up to the container's command, and how many of them made or bounded it. */
export interface LaunchCount {
  readonly relevant: number;
  readonly total: number;
}

/** Two real launches of the same container, by what their calls were for. */
export interface RuncComparison {
  readonly rows: readonly ComparedPurpose[];
  readonly runc: LaunchCount;
  /** Of the native helper: what decides, before it and beside it, makes nothing of a container. */
  readonly brig: LaunchCount;
}

/**
 * Starts the same container with brig and with runc, each followed by strace(1) until its command has been executed,
 * removes both, and sets their calls side by side. What `run` leaves stays: the image and named volumes.
 *
 * @throws EngineError `notOffered` where runc or strace is missing, and for what runc cannot do of it; `launchFailed`
 * when one of the two cannot start it; `interrupted`.
 */
export async function compareRunc(request: CompareRuncRequest, context: EngineContext): Promise<RuncComparison> {
  const strace = requireSystemProgram("strace", compareAttempt);
  const programs = { strace, runc: requireSystemProgram("runc", compareAttempt) };
  requireRoot(context.probeHost());
  const { restart: _, ...given } = request.options;
  const options: RunOptions = { ...given, remove: true };
  const { bundleSpec } = requireComparable(await planRun(options, context));
  const hidden = {
    masked: new Set(bundleSpec.linux.maskedPaths),
    readOnly: new Set(bundleSpec.linux.readonlyPaths),
  };
  const own = await traceBrig({ ...request, options }, { strace, hidden }, context);
  request.signal?.throwIfAborted();
  const planned = await planRun(options, context);
  const directory = makeComparisonDirectory(context.runRoot);
  try {
    const { signal } = request;
    const other = await traceRunc({
      ...planned,
      hidden,
      directory,
      programs,
      pid: context.pid,
      ...(signal === undefined ? {} : { signal }),
    });
    return { rows: comparePurposes(other, own), runc: countOf(other), brig: countOf(own) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function countOf({ relevant, total }: LaunchCalls): LaunchCount {
  return { relevant, total };
}

async function traceBrig(
  { options, observer = {} }: CompareRuncRequest,
  { strace, hidden }: { readonly strace: string; readonly hidden: Pick<PurposePlaces, "masked" | "readOnly"> },
  context: EngineContext,
): Promise<LaunchCalls> {
  let followed: FollowedLaunch | undefined;
  const following = { strace, counted: "every", onFollowed: (launch: FollowedLaunch) => (followed = launch) } as const;
  const { id } = await followRun(runDetached, { request: { options, observer }, following }, context);
  await removeByName(id, { force: true, volumes: true }, context).catch(unlessGone);
  if (followed === undefined) throw new Error("the launch was not followed");
  return groupHelperCalls(followed.trace, {
    root: "",
    staging: [containerPaths(context.root, id).stage],
    own: [runDirectory(context.runRoot, id)],
    group: `/${id}`,
    ...hidden,
  });
}

/** Its command has ended, and with it the container. */
function unlessGone(error: unknown): void {
  if (!(error instanceof EngineError) || error.code !== "containerNotFound") throw error;
}
