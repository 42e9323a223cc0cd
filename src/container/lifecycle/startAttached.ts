import type { LaunchRequest, RunStreams } from "../../launch/index.ts";
import { type AttachReport, attachByName } from "../attach/attachByName.ts";
import type { AttachStreams } from "../attach/attachContainer.ts";
import { endsWithCaller, type FilledOptions } from "../fillDefaults.ts";
import type { EngineContext } from "../run/engineContext.ts";
import { readContainerOptions } from "../state/containerOptions.ts";
import { observeContainer } from "../state/runningContainer.ts";
import { tendContainer } from "./adoptContainer.ts";
import { lockContainer } from "./containerLock.ts";
import { finishForeground } from "./finishForeground.ts";
import { prepareRestart, requireStays, requireUnpaused, startForeground } from "./startContainer.ts";

export interface StartAttachedRequest {
  readonly nameOrId: string;
  /** Whether the caller's stdin goes to a container that has one. */
  readonly interactive: boolean;
  /** The bytes that detach a terminal; the container's own when left out. */
  readonly detachKeys?: string;
  readonly sigProxy: boolean;
  /** For a container that is started here. */
  readonly streams: RunStreams;
  /** For one that runs already. */
  readonly attach: AttachStreams;
}

/**
 * Starts a container whose streams are the caller's from the first byte on, and resolves when it has ended, with its
 * status, or lets go of the caller. One that runs already is attached to.
 *
 * @throws EngineError as `startByName` and `attachByName`.
 */
export async function startAttached(request: StartAttachedRequest, context: EngineContext): Promise<AttachReport> {
  const { nameOrId, streams } = request;
  await tendContainer(nameOrId, context);
  const { record, paths } = observeContainer(context, nameOrId);
  const lock = await lockContainer(paths);
  try {
    const { state } = observeContainer(context, record.id);
    requireUnpaused(state, nameOrId);
    if (state.status === "running" || state.status === "restarting") {
      lock.release();
      return await attachToRunning(request, context);
    }
    requireStays({ id: record.id, status: state.status }, context);
    const options = readContainerOptions(paths.options);
    const launch = attachedLaunch(await prepareRestart(record.id, context), options, request);
    const onStarted = () => lock.release();
    const start = { id: record.id, launch, observer: {}, keepsJournal: true, onStarted };
    const ended = await startForeground(start, streams, context);
    const { exitCode } = await finishForeground({ id: record.id, name: record.name, options }, ended, context);
    if (ended.kind === "exited") return { kind: "ended", exitCode };
    return streams.signal?.aborted === true ? { kind: "interrupted" } : { kind: "detached" };
  } finally {
    lock.release();
  }
}

function attachToRunning(request: StartAttachedRequest, context: EngineContext): Promise<AttachReport> {
  const { nameOrId, interactive, detachKeys, sigProxy } = request;
  const { stdin: _, ...outputs } = request.attach;
  const keys = detachKeys === undefined ? {} : { detachKeys };
  return attachByName({ nameOrId, streams: interactive ? request.attach : outputs, ...keys, sigProxy }, context);
}

/** Whose stdin the payload gets, and which keys detach, is decided at each start. */
function attachedLaunch(
  launch: LaunchRequest,
  options: FilledOptions,
  { interactive, detachKeys = options.detachKeys }: StartAttachedRequest,
): LaunchRequest {
  const { input: _, ...rest } = launch;
  const { detach: __, ...monitor } = launch.monitor;
  const keys = options.tty && detachKeys !== "" ? { detach: detachKeys } : {};
  const input = interactive ? (endsWithCaller(options) ? undefined : "kept") : "none";
  return { ...rest, ...(input === undefined ? {} : { input }), monitor: { ...monitor, ...keys } };
}
