import { rmdirSync } from "node:fs";
import { dirname } from "node:path";
import { readEvents } from "../../cgroups/index.ts";
import type { StoredImage } from "../../image/index.ts";
import { type ExitedLaunch, launch, type RunStreams } from "../../launch/index.ts";
import { fillDefaults } from "../fillDefaults.ts";
import { boundAccounts, imageAccounts } from "../identity/imageAccounts.ts";
import { resolveUser } from "../identity/resolveUser.ts";
import type { RunOptions } from "../runOptions.ts";
import type { ExitReport, RunObserver } from "../runReports.ts";
import { writeContainerRecord } from "../state/containerRecord.ts";
import { readContainerState, writeContainerState } from "../state/containerState.ts";
import { clearPending } from "../state/pending.ts";
import { identifyProcess, type ProcessIdentity } from "../state/processIdentity.ts";
import { removeContainer, sweepAbandoned } from "../state/removeContainer.ts";
import { removeGroup } from "../state/removeGroup.ts";
import { makeBindSource, type Reservation, reserveContainer } from "../state/reserveContainer.ts";
import { newUndoStack, type UndoStack } from "../state/undoStack.ts";
import { finishFirstUse } from "../state/volumes.ts";
import { recordOf } from "./containerDocuments.ts";
import { draftRun, type RunDraft, requireRoot } from "./draftRun.ts";
import type { EngineContext } from "./engineContext.ts";
import { findImage, layerTrees } from "./findImage.ts";
import { findJoins } from "./findJoins.ts";
import { explainLaunchFailure } from "./launchFailure.ts";
import { type PlannedContainer, planContainer } from "./planContainer.ts";
import { reserveVolumes } from "./reserveVolumes.ts";
import { type NamedMount, nameMounts, resolveMounts } from "./resolveMounts.ts";
import { writeContainerFiles } from "./writeBundle.ts";

export interface RunRequest {
  readonly options: RunOptions;
  readonly streams: RunStreams;
  readonly observer: RunObserver;
}

/**
 * Runs a container in the foreground and resolves when its process has ended and everything that should not stay has
 * been put away. When it cannot be started, nothing of it stays.
 *
 * @throws EngineError for everything that kept the process from running; `commandNotFound` and `commandNotExecutable`
 * are the payload's own.
 */
export async function runContainer(request: RunRequest, context: EngineContext): Promise<ExitReport> {
  const options = fillDefaults(request.options);
  const owner = ownIdentity(context);
  requireRoot(context.probeHost());
  await sweepAbandoned({ ...context, owner });
  const image = await findImage(options, context, request.observer);
  const draft = draftRun(options, image.config, context);
  const undo = newUndoStack();
  try {
    const container = await createContainer({ draft, image, owner, undo }, context);
    for (const notice of container.planned.plan.notices) request.observer.onNotice?.(notice);
    const ended = await startContainer(container, request, context);
    return await finishContainer(container, ended, context);
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

interface CreateRequest {
  readonly draft: RunDraft;
  readonly image: StoredImage;
  readonly owner: ProcessIdentity;
  readonly undo: UndoStack;
}

interface Container extends Reservation {
  readonly draft: RunDraft;
  readonly owner: ProcessIdentity;
  readonly mounts: readonly NamedMount[];
  readonly planned: PlannedContainer;
}

/** Reserves, decides and writes down, in this order; the record comes last. */
async function createContainer(request: CreateRequest, context: EngineContext): Promise<Container> {
  const { draft, image, owner, undo } = request;
  const { options, choice } = draft;
  const diffIds = image.config.rootfs.diff_ids;
  const named = nameMounts(options, choice.imageVolumes);
  const volumes = named.flatMap((mount) => mount.volume ?? []);
  const reservation = await reserveContainer({
    ...context,
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.cidfile === undefined ? {} : { cidfile: options.cidfile }),
    owner,
    intent: { imageId: image.id, diffIds, volumes },
    ownIds: draft.namespaces.userns === "own",
    undo,
  });
  makeBindSources(named, undo);
  const claimed = reserveVolumes({ ...context, id: reservation.id, volumes, undo });
  const layers = layerTrees(context, diffIds);
  const accounts = boundAccounts(
    await imageAccounts({ ...context, stage: reservation.paths.stage, layers, diffIds }),
    options.mounts.flatMap((mount) => (mount.kind === "bind" ? [mount] : [])),
  );
  const planned = await planContainer({
    ...reservation,
    draft,
    user: resolveUser(choice.user, options.groupAdd, accounts),
    mounts: resolveMounts(context.root, named, (name) => claimed.has(name)),
    layers,
    joins: findJoins(context.root, draft.namespaces.joins),
    cache: `${context.root}/cache/seccomp`,
  });
  const group = planned.launch.cgroup?.directory;
  // The helper removes the group at the end of the payload; a start that failed may leave it.
  if (group !== undefined) undo.push(() => removeGroup(group));
  writeContainerFiles(reservation.paths, planned.files, planned.spec);
  const container = { ...reservation, draft, owner, mounts: named, planned };
  writeContainerRecord(reservation.paths.record, recordOf({ ...container, image }, context.now()));
  if (!options.remove) clearPending(context.root, reservation.id);
  return container;
}

function makeBindSources(mounts: readonly NamedMount[], undo: UndoStack): void {
  for (const mount of mounts) {
    if (mount.kind !== "bind" || !mount.createSource) continue;
    const topmost = makeBindSource(mount.source);
    if (topmost === undefined) continue;
    undo.push(() => {
      // rmdir(2) takes away only what is still empty, from the innermost directory outwards.
      for (let path = mount.source; path.length >= topmost.length; path = dirname(path)) rmdirSync(path);
    });
  }
}

async function startContainer(
  container: Container,
  request: RunRequest,
  context: EngineContext,
): Promise<ExitedLaunch> {
  const { paths, owner, planned, draft } = container;
  const { onStep } = request.observer;
  const outcome = await launch({
    plan: planned.plan,
    helperPath: context.helperPath,
    streams: request.streams,
    onStarted: (pid) => {
      const payload = identifyProcess(pid);
      const startedAt = context.now().toISOString();
      writeContainerState(paths.state, {
        status: "running",
        owner,
        startedAt,
        ...(payload === undefined ? {} : { process: payload }),
      });
    },
    ...(onStep === undefined ? {} : { onStep }),
  });
  if (outcome.kind === "exited") return outcome;
  throw await explainLaunchFailure({ failed: outcome, planned, host: draft.facts.host, upper: paths.upper });
}

async function finishContainer(container: Container, ended: ExitedLaunch, context: EngineContext): Promise<ExitReport> {
  const { id, name, paths, draft } = container;
  const { exitCode, signal, statistics } = ended;
  const oomKilled = (readEvents((file) => statistics.get(file)).memory?.oomKill ?? 0) > 0;
  for (const { volume } of container.mounts) if (volume !== undefined) finishFirstUse(context.root, volume.name, id);
  const ending = { exitCode, ...(signal === undefined ? {} : { signal }), oomKilled };
  const finishedAt = context.now().toISOString();
  // With --rm nobody would ever read how it ended; if this process dies on the way, the next run finishes the removal.
  if (draft.options.remove) await removeContainer({ ...context, id, owner: container.owner });
  else writeContainerState(paths.state, { status: "exited", finishedAt, ...startOf(paths.state), ...ending });
  return { id, name, ...ending, removed: draft.options.remove };
}

/** When the process started, as written down at that moment. */
function startOf(path: string): { readonly startedAt?: string } {
  const state = readContainerState(path);
  return state?.status === "running" ? { startedAt: state.startedAt } : {};
}
