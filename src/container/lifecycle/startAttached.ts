import type { LaunchRequest, RunStreams } from "../../launch/index.ts";
import { type AttachReport, attachByName } from "../attach/attachByName.ts";
import type { AttachStreams } from "../attach/attachContainer.ts";
import { endsWithCaller, type FilledOptions } from "../fillDefaults.ts";
import type { EngineContext } from "../run/engineContext.ts";
import { readContainerOptions } from "../state/containerOptions.ts";
import { readLaunchFile } from "../state/launchFile.ts";
import { observeContainer } from "../state/runningContainer.ts";
import { finishForeground, requireUnpaused, startForeground } from "./startContainer.ts";

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
  const { nameOrId, interactive, detachKeys, streams } = request;
  const { record, paths, state } = observeContainer(context, nameOrId);
  if (state.status === "running" || state.status === "restarting") {
    const { stdin: _, ...outputs } = request.attach;
    const keys = detachKeys === undefined ? {} : { detachKeys };
    const attached = interactive ? request.attach : outputs;
    return attachByName({ nameOrId, streams: attached, ...keys, sigProxy: request.sigProxy }, context);
  }
  requireUnpaused(state, nameOrId);
  const options = readContainerOptions(paths.options);
  const start = { id: record.id, launch: attachedLaunch(readLaunchFile(paths.launch), options, request), observer: {} };
  const ended = await startForeground(start, streams, context);
  const { exitCode } = await finishForeground({ id: record.id, name: record.name, options }, ended, context);
  if (ended.kind === "exited") return { kind: "ended", exitCode };
  return streams.signal?.aborted === true ? { kind: "interrupted" } : { kind: "detached" };
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
