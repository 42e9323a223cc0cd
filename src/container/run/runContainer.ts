import { rmSync } from "node:fs";
import { readEvents } from "../../cgroups/index.ts";
import {
  dismissHelper,
  type ExitedLaunch,
  openLauncher,
  type RunStreams,
  type WaitingHelper,
} from "../../launch/index.ts";
import { fillDefaults } from "../fillDefaults.ts";
import { createContainer, type MadeContainer } from "../lifecycle/createContainer.ts";
import { removeEnded } from "../lifecycle/removeByName.ts";
import { startDetached, startForeground } from "../lifecycle/startContainer.ts";
import type { RunOptions } from "../runOptions.ts";
import type { CreatedName, ExitReport, RunObserver } from "../runReports.ts";
import { runDirectory } from "../state/liveState.ts";
import { identifyProcess, type ProcessIdentity } from "../state/processIdentity.ts";
import { sweepAbandoned } from "../state/removeContainer.ts";
import { newUndoStack } from "../state/undoStack.ts";
import { draftRun, requireRoot } from "./draftRun.ts";
import type { EngineContext } from "./engineContext.ts";
import { findImage } from "./findImage.ts";

export interface MakeRequest {
  readonly options: RunOptions;
  readonly observer: RunObserver;
}

export interface RunRequest extends MakeRequest {
  readonly streams: RunStreams;
}

/**
 * Runs a container in the foreground and resolves when its process has ended and everything that should not stay has
 * been put away, or when the user detaches. When it cannot be started, nothing of it stays.
 *
 * @throws EngineError for everything that kept the process from running; `commandNotFound` and `commandNotExecutable`
 * are the payload's own.
 */
export async function runContainer(request: RunRequest, context: EngineContext): Promise<ExitReport> {
  const { observer, streams } = request;
  return makeAndLaunch(request, context, async (container, waiting) => {
    const start = { id: container.id, launch: container.planned.launch, observer, waiting };
    const ended = await startForeground(start, streams, context);
    if (ended.kind === "exited") return finishContainer(container, ended, context);
    const { id, name } = container;
    return { id, name, exitCode: 0, oomKilled: false, removed: false };
  });
}

/** Runs a container that goes on by itself; resolves once its payload has been executed. */
export async function runDetached(request: MakeRequest, context: EngineContext): Promise<CreatedName> {
  return makeAndLaunch(request, context, async ({ id, name, planned }, waiting) => {
    await startDetached({ id, launch: planned.launch, observer: request.observer, waiting }, context);
    return { id, name };
  });
}

/** Makes a container and does not start it. */
export async function makeOnly(request: MakeRequest, context: EngineContext): Promise<CreatedName> {
  return makeContainer(request, context, async ({ id, name }) => ({ id, name }));
}

/** The helper is started before the container is made: it gets ready while the plan is still being decided. */
async function makeAndLaunch<Result>(
  request: MakeRequest & { readonly streams?: RunStreams },
  context: EngineContext,
  start: (container: MadeContainer, waiting: WaitingHelper) => Promise<Result>,
): Promise<Result> {
  let waiting: WaitingHelper | undefined;
  const open = (): WaitingHelper => {
    waiting ??= openLauncher(context.helperPath, request.streams);
    return waiting;
  };
  try {
    return await makeContainer({ ...request, onImage: open }, context, (container) => start(container, open()));
  } finally {
    if (waiting !== undefined) await dismissHelper(waiting);
  }
}

/** Makes a container and does something with it; when either fails, nothing of the container stays. */
async function makeContainer<Result>(
  { options, observer, onImage }: MakeRequest & { readonly onImage?: () => void },
  context: EngineContext,
  use: (container: MadeContainer) => Promise<Result>,
): Promise<Result> {
  const filled = fillDefaults(options);
  const owner = ownIdentity(context);
  requireRoot(context.probeHost());
  await sweepAbandoned({ ...context, owner });
  const image = await findImage(filled, context, observer);
  onImage?.();
  const draft = draftRun(filled, image.config, context);
  const undo = newUndoStack();
  try {
    const container = await createContainer({ draft, image, owner, undo }, context);
    undo.push(() => rmSync(runDirectory(context.runRoot, container.id), { recursive: true, force: true }));
    for (const notice of container.planned.plan.notices) observer.onNotice?.(notice);
    return await use(container);
  } catch (error) {
    await undo.run();
    throw error;
  }
}

function ownIdentity({ pid }: EngineContext): ProcessIdentity {
  const owner = identifyProcess(pid);
  if (owner === undefined) throw new Error(`there is no process ${pid}`);
  return owner;
}

async function finishContainer(
  { id, name, options }: MadeContainer,
  { exitCode, signal, statistics }: ExitedLaunch,
  context: EngineContext,
): Promise<ExitReport> {
  const oomKilled = (readEvents((file) => statistics.get(file)).memory?.oomKill ?? 0) > 0;
  const removed = options.remove;
  if (removed) await removeEnded({ id, volumes: true }, context);
  return { id, name, exitCode, ...(signal === undefined ? {} : { signal }), oomKilled, removed };
}
