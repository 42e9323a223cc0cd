import { newContainerId } from "../../base/index.ts";
import { dismissHelper, openLauncher, type RunStreams, type WaitingHelper } from "../../launch/index.ts";
import { fillDefaults } from "../fillDefaults.ts";
import { cachedAccounts } from "../identity/imageAccounts.ts";
import { type CreateRequest, createContainer, type MadeContainer } from "../lifecycle/createContainer.ts";
import { finishForeground } from "../lifecycle/finishForeground.ts";
import { removeByName } from "../lifecycle/removeByName.ts";
import { startDetached, startForeground } from "../lifecycle/startContainer.ts";
import type { RunOptions } from "../runOptions.ts";
import type { CreatedName, ExitReport, RunObserver } from "../runReports.ts";
import { identifyProcess, type ProcessIdentity } from "../state/processIdentity.ts";
import { sweepAbandoned } from "../state/removeContainer.ts";
import { newUndoStack, type UndoStack } from "../state/undoStack.ts";
import type { Stepping } from "../step/stepping.ts";
import { draftRun, requireRoot } from "./draftRun.ts";
import type { EngineContext } from "./engineContext.ts";
import { findImage } from "./findImage.ts";

export interface MakeRequest {
  readonly options: RunOptions;
  readonly observer: RunObserver;
  readonly tracing?: LaunchTracing;
}

/** Follows the helper from its plan to the start of the payload. */
export interface LaunchTracing {
  /** The helper waits for its plan until this resolves. */
  begin(helper: WaitingHelper): Promise<void>;
  started(): void;
}

export interface RunRequest extends MakeRequest {
  readonly streams: RunStreams;
  readonly stepping?: Stepping;
}

/**
 * Runs a container in the foreground and resolves when its process has ended and everything that should not stay has
 * been put away, or when the user detaches. One that cannot be started stays, as Docker keeps it, unless it was to be
 * removed at its end.
 *
 * @throws EngineError for everything that kept the process from running; `commandNotFound` and `commandNotExecutable`
 * are the payload's own.
 */
export async function runContainer(request: RunRequest, context: EngineContext): Promise<ExitReport> {
  const { observer, streams, stepping, tracing } = request;
  const more = {
    ...(tracing === undefined ? {} : { onStarted: tracing.started }),
    ...(stepping === undefined ? {} : { stepping }),
  };
  return makeAndStart(request, context, async (container, waiting) => {
    const { id, planned, options } = container;
    const start = { id, launch: planned.launch, observer, waiting, keepsJournal: !options.remove, ...more };
    return finishForeground(container, await startForeground(start, streams, context), context);
  });
}

/** Runs a container that goes on by itself; resolves once its payload has been executed. As `runContainer`. */
export async function runDetached(request: MakeRequest, context: EngineContext): Promise<CreatedName> {
  const options = { ...request.options, attach: request.options.attach ?? [] };
  return makeAndStart({ ...request, options }, context, async ({ id, name, planned }, waiting) => {
    const { observer } = request;
    await startDetached({ id, launch: planned.launch, observer, waiting, keepsJournal: true }, context);
    request.tracing?.started();
    return { id, name };
  });
}

/** Makes a container and does not start it; when it cannot be made, nothing of it stays. */
export async function makeOnly(request: MakeRequest, context: EngineContext): Promise<CreatedName> {
  const { id, name } = (await makeContainer({ ...request, purpose: "keep" }, context)).container;
  return { id, name };
}

/** The helper is started before the container is made: it gets ready while the plan is still being decided. */
async function makeAndStart<Result>(
  request: MakeRequest & Partial<Pick<RunRequest, "streams" | "stepping">>,
  context: EngineContext,
  start: (container: MadeContainer, waiting: WaitingHelper) => Promise<Result>,
): Promise<Result> {
  let waiting: WaitingHelper | undefined;
  const open = (): WaitingHelper => {
    waiting ??= openLauncher(context.helperPath, request.streams);
    return waiting;
  };
  try {
    const made = await makeContainer({ ...request, purpose: "start", onImage: open }, context);
    await request.tracing?.begin(open());
    return await start(made.container, open()).catch((error: unknown) => {
      const removes = made.container.options.remove || request.stepping?.leavesNothing() === true;
      if (removes) return putAway(made, error, context);
      throw error;
    });
  } finally {
    if (waiting !== undefined) await dismissHelper(waiting);
  }
}

/** What went wrong is told, not that something could not be put away after it: the next command does that. */
async function putAway({ container, undo }: Made, error: unknown, context: EngineContext): Promise<never> {
  await removeByName(container.id, { force: true, volumes: true }, context).catch(() => undefined);
  await undo.run();
  throw error;
}

interface Made {
  readonly container: MadeContainer;
  /** Takes back also what was made outside the container, such as the source of a bind. */
  readonly undo: UndoStack;
}

async function makeContainer(
  { options, observer, purpose, onImage }: MakeRequest & Pick<CreateRequest, "purpose"> & { onImage?: () => void },
  context: EngineContext,
): Promise<Made> {
  const filled = fillDefaults(options);
  const owner = ownIdentity(context);
  requireRoot(context.probeHost());
  await sweepAbandoned({ ...context, owner });
  const image = await findImage(filled, context, observer);
  onImage?.();
  const accounts = cachedAccounts(context.root, image.id);
  const known = accounts === undefined ? {} : { accounts };
  const draft = draftRun({ id: newContainerId(), options: filled, config: image.config, ...known }, context);
  const undo = newUndoStack();
  try {
    const container = await createContainer({ draft, image, owner, undo, purpose }, context);
    for (const notice of container.planned.launch.notices) observer.onNotice?.(notice);
    return { container, undo };
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
