import { setTimeout as delay } from "node:timers/promises";
import { EngineError, failPoint, makeDirectory, removeFile } from "../../base/index.ts";
import {
  compilePlan,
  type DetachedLaunch,
  type ExitedLaunch,
  type FailedLaunch,
  type LaunchOutcome,
  type LaunchPlan,
  type LaunchRequest,
  launch,
  launchDetached,
  type RunStreams,
  type StartedLaunch,
  type WaitingHelper,
} from "../../launch/index.ts";
import { type JournalKeeper, newJournalKeeper } from "../journal/journalKeeper.ts";
import { requireLogSocket } from "../logs/logSocket.ts";
import { withLinkVariables } from "../names/linkEnvironment.ts";
import type { PreparedNetwork } from "../networks/prepareNetwork.ts";
import { noteAppArmorLoad } from "../run/appArmorLoad.ts";
import type { EngineContext } from "../run/engineContext.ts";
import { foregroundPipes } from "../run/foregroundPipes.ts";
import { explainLaunchFailure } from "../run/launchFailure.ts";
import type { RunObserver } from "../runReports.ts";
import { type ContainerPaths, containerPaths } from "../state/containerPaths.ts";
import { readContainerRecord } from "../state/containerRecord.ts";
import { startMark, writeContainerState } from "../state/containerState.ts";
import { readLaunchFile } from "../state/launchFile.ts";
import { isLive, type LiveState, readLiveState, runDirectory } from "../state/liveState.ts";
import { isBeingRemoved } from "../state/pending.ts";
import { readBootId } from "../state/processIdentity.ts";
import { findContainer } from "../state/removeContainer.ts";
import { renewContent } from "../state/volumes.ts";
import type { SteppedContainer, Stepping } from "../step/stepping.ts";
import { writeStartFailure } from "../why/startFailure.ts";
import { lockCall, planAdoption, tend } from "./adoptContainer.ts";
import { withContainerLock } from "./containerLock.ts";
import { withMonitorPlace } from "./monitorGroup.ts";
import { placeGroup } from "./placeGroup.ts";
import { endStaleGroup } from "./staleGroup.ts";
import { findSurroundings, introduce } from "./startSurroundings.ts";

export interface StartRequest {
  readonly id: string;
  readonly launch: LaunchRequest;
  readonly observer: RunObserver;
  /** Whether what the helper did can be asked for later; it costs a file, written when the payload runs. */
  readonly keepsJournal: boolean;
  readonly onStarted?: () => void;
  /** Stops in the plan; in the foreground only. */
  readonly stepping?: Stepping;
  /** From `openLauncher`, for the same streams. */
  readonly waiting?: WaitingHelper;
}

/** Starts a container whose payload has the caller's streams, and resolves when it has ended or lets go of the caller. */
export async function startForeground(
  request: StartRequest,
  streams: RunStreams,
  context: EngineContext,
): Promise<ExitedLaunch | DetachedLaunch> {
  const prepared = await prepareStart(request, context);
  const pipes = foregroundPipes(runDirectory(context.runRoot, request.id));
  const { stepping } = request;
  const plan = planOf({ ...prepared.launch, foreground: true }, context);
  const begin = async () =>
    launch({
      plan: stepping?.place(plan, steppedContainer(request)) ?? plan,
      ...(stepping === undefined ? {} : { onPaused: stepping.onPaused }),
      ...launchSettings(request, prepared, context),
      streams,
      onStarted: () => {
        pipes.open();
        prepared.onStarted();
        request.onStarted?.();
        stepping?.onStarted();
      },
      onUnread: pipes.letGo,
      onLost: () => planAdoption({ ...context, id: request.id }, { foreground: true }),
    });
  const outcome = begin().finally(pipes.close);
  introduce(prepared, request.observer);
  return started(outcome.then(requireFound), prepared, context);
}

function steppedContainer({ id, launch: { cgroup }, keepsJournal }: StartRequest): SteppedContainer {
  return { id, ...(cgroup === undefined ? {} : { cgroup: cgroup.directory }), remove: !keepsJournal };
}

/** What the helper carries out, and its monitor again at every restart. */
function planOf(request: LaunchRequest, { alterPlan }: EngineContext): LaunchPlan {
  const plan = compilePlan(request);
  return alterPlan === undefined ? plan : alterPlan(plan);
}

/** Starts a container that goes on by itself; resolves once its payload has been executed. */
export async function startDetached(request: StartRequest, context: EngineContext): Promise<void> {
  const attached = await prepareStart(request, context);
  const prepared = { ...attached, launch: withMonitorPlace(attached.launch) };
  const outcome = launchWhenFree(request, prepared, context);
  introduce(prepared, request.observer);
  await started(outcome, prepared, context);
  failPoint("start.launched");
  prepared.onStarted();
}

/** Another monitor may be there: about to go after the end of the container, or of somebody who starts it as we do. */
async function launchWhenFree(
  request: StartRequest,
  prepared: PreparedStart,
  context: EngineContext,
): Promise<StartedLaunch | FailedLaunch | { readonly kind: "elsewhere" }> {
  const plan = planOf({ ...prepared.launch, foreground: false }, context);
  const { waiting, ...again } = launchSettings(request, prepared, context);
  let outcome = await launchDetached({ plan, ...again, ...(waiting === undefined ? {} : { waiting }) });
  const deadline = performance.now() + patienceMs;
  while (outcome.kind === "failed" && outcome.call === lockCall && performance.now() < deadline) {
    if (isLive({ ...context, id: request.id })) return { kind: "elsewhere" };
    await delay(pauseMs);
    outcome = await launchDetached({ plan, ...again });
  }
  return outcome;
}

/** Between two attempts, and for how long. */
const [pauseMs, patienceMs] = [10, 10_000];

/** @throws EngineError `launchFailed`. */
function requireFound(outcome: LaunchOutcome): Exclude<LaunchOutcome, { readonly kind: "lost" }> {
  if (outcome.kind === "lost") throw outcome.error;
  return outcome;
}

function launchSettings(
  { observer, waiting }: StartRequest,
  { journal }: PreparedStart,
  { helperPath }: EngineContext,
) {
  const onStep = journal?.following(observer.onStep) ?? observer.onStep;
  return {
    helperPath,
    ...(waiting === undefined ? {} : { waiting }),
    ...(onStep === undefined ? {} : { onStep }),
  };
}

/**
 * The outcome of a start that worked. Why one did not stays with the container, because its files may be gone when
 * somebody asks again.
 */
async function started<Outcome extends { readonly kind: string }>(
  outcome: Promise<Outcome | FailedLaunch>,
  prepared: PreparedStart,
  context: EngineContext,
): Promise<Outcome> {
  try {
    const ended = await outcome.catch((error: unknown) => endUnknown(prepared, error, context));
    if (!isFailed(ended)) return ended;
    const why = await explainLaunchFailure({ failed: ended, ...prepared, host: context.probeHost() });
    throw prepared.stepping?.explain(why) ?? why;
  } catch (error) {
    if (!prepared.isStarted()) {
      writeStartFailure(prepared.paths.failure, error, context.now());
      prepared.journal?.write("failed", context.now());
      prepared.network?.failed();
    }
    throw error;
  }
}

/**
 * A monitor that was killed may have left processes that no record tells of: they must not go on unknown. A container
 * that it had recorded as running goes on without it.
 */
async function endUnknown({ id, launch }: PreparedStart, error: unknown, context: EngineContext): Promise<never> {
  const group = launch.cgroup?.directory;
  if (group !== undefined) await endStaleGroup({ ...context, id, group });
  throw error;
}

function isFailed(outcome: { readonly kind: string }): outcome is FailedLaunch {
  return outcome.kind === "failed";
}

interface PreparedStart {
  readonly id: string;
  readonly launch: LaunchRequest;
  readonly paths: ContainerPaths;
  readonly network?: PreparedNetwork;
  readonly journal?: JournalKeeper;
  readonly stepping?: Stepping;
  readonly onStarted: () => void;
  readonly isStarted: () => boolean;
}

async function prepareStart(request: StartRequest, context: EngineContext): Promise<PreparedStart> {
  const { id } = request;
  const paths = containerPaths(context.root, id);
  const socket = request.launch.monitor?.["log-socket"];
  if (typeof socket === "string") requireLogSocket(socket);
  const record = readContainerRecord(paths.record);
  makeDirectory(runDirectory(context.runRoot, id));
  for (const old of [paths.stopped, paths.failure]) removeFile(old);
  failPoint("start.prepared");
  let isStarted = false;
  const journal = request.keepsJournal ? newJournalKeeper(paths.journal) : undefined;
  const placed = await placeGroup(request.launch, request.observer);
  const { launch, network } = await findSurroundings(
    { launch: { ...request.launch, ...placed }, paths, ...(record === undefined ? {} : { record }) },
    context,
  );
  return {
    id,
    launch: { ...withNetwork(launch, network), monitor: { ...launch.monitor, boot: readBootId() } },
    paths,
    ...(network === undefined ? {} : { network }),
    ...(journal === undefined ? {} : { journal }),
    ...(request.stepping === undefined ? {} : { stepping: request.stepping }),
    isStarted: () => isStarted,
    onStarted: () => {
      isStarted = true;
      noteAppArmorLoad(launch, context);
      network?.started();
      journal?.write("started", context.now());
    },
  };
}

function withNetwork(launch: LaunchRequest, network: PreparedNetwork | undefined): LaunchRequest {
  if (network === undefined) return launch;
  return { ...launch, network: network.steps, spec: withLinkVariables(launch.spec, network.variables) };
}

/**
 * Starts a container that has been made or has ended. One that runs already is left as it is, as Docker does.
 *
 * @throws EngineError `containerNotFound`, `wrongState` for a paused one, and whatever keeps its process from running.
 */
export async function startByName(nameOrId: string, context: EngineContext): Promise<void> {
  const id = findContainer(context.root, nameOrId);
  const paths = containerPaths(context.root, id);
  await tend(id, context);
  await withContainerLock(paths, async () => {
    const { status } = readLiveState({ ...context, id });
    if (status === "running" || status === "restarting") return;
    requireUnpaused({ status }, nameOrId);
    requireStays({ id, status }, context);
    const start = { id, launch: await prepareRestart(id, context), observer: {}, keepsJournal: true };
    await startDetached(start, context);
  });
}

/**
 * Makes a container ready to be started once more: ends what a start that was killed half-way may have left, and marks the
 * new one, for the case that the machine ends before it. Returns how it is started.
 */
export async function prepareRestart(id: string, context: EngineContext): Promise<LaunchRequest> {
  const paths = containerPaths(context.root, id);
  const launch = readLaunchFile(paths.launch);
  if (launch.cgroup !== undefined) await endStaleGroup({ ...context, id, group: launch.cgroup.directory });
  writeContainerState(paths.state, { status: "created", started: startMark(context.now()) });
  return { ...launch, copyUp: stillToFill(launch.copyUp, id, context) };
}

/** Of the mount points of a container's volumes those whose content is still to come from the image. */
function stillToFill(targets: LaunchRequest["copyUp"], id: string, { root }: EngineContext): LaunchRequest["copyUp"] {
  if (targets.length === 0) return targets;
  const mounts = readContainerRecord(containerPaths(root, id).record)?.mounts ?? [];
  const unfilled = mounts.filter(({ kind, source }) => kind === "volume" && renewContent(root, source, id));
  return targets.filter((target) => unfilled.some((mount) => mount.target === target));
}

/**
 * One that somebody is removing, or that is about to go after its end as `--rm` has it, is not started again.
 *
 * @throws EngineError `wrongState` with Docker's sentence.
 */
export function requireStays(
  { id, status }: { readonly id: string; readonly status: LiveState["status"] },
  { root }: Pick<EngineContext, "root">,
): void {
  const endsForGood = status === "exited" && readContainerRecord(containerPaths(root, id).record)?.remove === true;
  if (!endsForGood && !isBeingRemoved(root, id)) return;
  throw new EngineError("wrongState", "container is marked for removal and cannot be started", {
    hint: `finish that with: brig rm ${id.slice(0, 12)}`,
  });
}

/** @throws EngineError `wrongState` with Docker's sentence. */
export function requireUnpaused({ status }: Pick<LiveState, "status">, nameOrId: string): void {
  if (status !== "paused") return;
  throw new EngineError("wrongState", "cannot start a paused container, try unpause instead", {
    hint: `use: brig unpause ${nameOrId}`,
  });
}
