import { EngineError, makeDirectory, removeFile } from "../../base/index.ts";
import {
  compilePlan,
  type DetachedLaunch,
  type ExitedLaunch,
  type FailedLaunch,
  type LaunchRequest,
  launch,
  launchDetached,
  type RunStreams,
  type WaitingHelper,
} from "../../launch/index.ts";
import { requireLogSocket } from "../logs/logSocket.ts";
import type { EngineContext } from "../run/engineContext.ts";
import { explainLaunchFailure } from "../run/launchFailure.ts";
import type { RunObserver } from "../runReports.ts";
import { type ContainerPaths, containerPaths } from "../state/containerPaths.ts";
import { readContainerRecord } from "../state/containerRecord.ts";
import { readLaunchFile } from "../state/launchFile.ts";
import { readLiveState, runDirectory } from "../state/liveState.ts";
import { readBootId } from "../state/processIdentity.ts";
import { findContainer } from "../state/removeContainer.ts";
import { finishFirstUse } from "../state/volumes.ts";
import { writeStartFailure } from "../why/startFailure.ts";

export interface StartRequest {
  readonly id: string;
  readonly launch: LaunchRequest;
  readonly observer: RunObserver;
  /** From `openLauncher`, for the same streams. */
  readonly waiting?: WaitingHelper;
}

/** Starts a container whose payload has the caller's streams, and resolves when it has ended or lets go of the caller. */
export async function startForeground(
  request: StartRequest,
  streams: RunStreams,
  context: EngineContext,
): Promise<ExitedLaunch | DetachedLaunch> {
  const prepared = prepareStart(request, context);
  const outcome = await launch({
    plan: compilePlan({ ...prepared.launch, foreground: true }),
    ...launchSettings(request, context),
    streams,
    onStarted: prepared.onStarted,
  });
  if (outcome.kind !== "failed") return outcome;
  throw await keepFailure(outcome, prepared, context);
}

/** Starts a container that goes on by itself; resolves once its payload has been executed. */
export async function startDetached(request: StartRequest, context: EngineContext): Promise<void> {
  const prepared = prepareStart(request, context);
  const outcome = await launchDetached({
    plan: compilePlan({ ...prepared.launch, foreground: false }),
    ...launchSettings(request, context),
  });
  if (outcome.kind === "started") return prepared.onStarted();
  throw await keepFailure(outcome, prepared, context);
}

function launchSettings({ observer, waiting }: StartRequest, { helperPath }: EngineContext) {
  return {
    helperPath,
    ...(waiting === undefined ? {} : { waiting }),
    ...(observer.onStep === undefined ? {} : { onStep: observer.onStep }),
  };
}

/** The reason stays with the container, because its files may be gone when somebody asks again. */
async function keepFailure(
  failed: FailedLaunch,
  prepared: PreparedStart,
  context: EngineContext,
): Promise<EngineError> {
  const error = await explainLaunchFailure({ failed, ...prepared, host: context.probeHost() });
  writeStartFailure(prepared.paths.failure, error, context.now());
  return error;
}

interface PreparedStart {
  readonly launch: LaunchRequest;
  readonly paths: ContainerPaths;
  readonly onStarted: () => void;
}

function prepareStart({ id, launch }: StartRequest, { root, runRoot }: EngineContext): PreparedStart {
  const paths = containerPaths(root, id);
  const socket = launch.monitor?.["log-socket"];
  if (typeof socket === "string") requireLogSocket(socket);
  const record = readContainerRecord(paths.record);
  const volumes = record?.mounts.filter(({ kind }) => kind === "volume") ?? [];
  makeDirectory(runDirectory(runRoot, id));
  removeFile(paths.stopped);
  return {
    launch: { ...launch, monitor: { ...launch.monitor, boot: readBootId() } },
    paths,
    onStarted: () => {
      for (const { source } of volumes) finishFirstUse(root, source, id);
    },
  };
}

/**
 * Starts a container that has been made or has ended. One that runs already is left as it is, as Docker does.
 *
 * @throws EngineError `containerNotFound`, `wrongState` for a paused one, and whatever keeps its process from running.
 */
export async function startByName(nameOrId: string, context: EngineContext): Promise<void> {
  const id = findContainer(context.root, nameOrId);
  const { status } = readLiveState({ ...context, id });
  if (status === "running" || status === "restarting") return;
  if (status === "paused") {
    throw new EngineError("wrongState", "cannot start a paused container, try unpause instead", {
      hint: `use: brig unpause ${nameOrId}`,
    });
  }
  const launch = readLaunchFile(containerPaths(context.root, id).launch);
  await startDetached({ id, launch, observer: {} }, context);
}
