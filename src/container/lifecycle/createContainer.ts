import { rmdirSync } from "node:fs";
import { dirname } from "node:path";
import { EngineError, failPoint } from "../../base/index.ts";
import type { StoredImage } from "../../image/index.ts";
import type { LaunchRequest } from "../../launch/index.ts";
import { ownIdCount, readIdPools, requireLargePool } from "../../namespaces/index.ts";
import { tellContainer } from "../events/tellContainer.ts";
import type { FilledOptions } from "../fillDefaults.ts";
import type { Accounts } from "../identity/accounts.ts";
import { boundAccounts, imageAccounts } from "../identity/imageAccounts.ts";
import { requireMappedIds } from "../identity/requireMappedIds.ts";
import { type ResolvedUser, resolveUser } from "../identity/resolveUser.ts";
import { planLog } from "../logs/planLog.ts";
import { recordOf } from "../run/containerDocuments.ts";
import type { RunDraft } from "../run/draftRun.ts";
import type { EngineContext } from "../run/engineContext.ts";
import { filterProgram } from "../run/filterProgram.ts";
import { unpackedTrees } from "../run/findImage.ts";
import { planConfinement } from "../run/planConfinement.ts";
import { type PlannedContainer, planContainer } from "../run/planContainer.ts";
import { reserveVolumes } from "../run/reserveVolumes.ts";
import { type NamedMount, resolveMounts } from "../run/resolveMounts.ts";
import { writeContainerFiles } from "../run/writeBundle.ts";
import { writeContainerOptions } from "../state/containerOptions.ts";
import { writeContainerRecord } from "../state/containerRecord.ts";
import { startMark, writeContainerState } from "../state/containerState.ts";
import { writeLaunchFile } from "../state/launchFile.ts";
import { nameHolder } from "../state/names.ts";
import { clearPending } from "../state/pending.ts";
import type { ProcessIdentity } from "../state/processIdentity.ts";
import { type IdChoice, makeBindSource, type Reservation, reserveContainer } from "../state/reserveContainer.ts";
import type { UndoStack } from "../state/undoStack.ts";
import { monitorFields } from "./monitorFields.ts";
import { removeByName } from "./removeByName.ts";

export interface CreateRequest {
  readonly draft: RunDraft;
  readonly image: StoredImage;
  readonly owner: ProcessIdentity;
  readonly undo: UndoStack;
  /** Whether it is started at once, or kept for later. */
  readonly purpose: "start" | "keep";
}

/** A container that is whole on disk and has not been started. */
export interface MadeContainer extends Reservation {
  readonly planned: PlannedContainer;
  readonly options: FilledOptions;
}

/**
 * Decides the rest of what can be refused, then reserves, makes and writes down; the record comes last. What fails is taken
 * back by `undo`, but for a container that was to be replaced.
 */
export async function createContainer(request: CreateRequest, context: EngineContext): Promise<MadeContainer> {
  const { draft, image, owner, undo } = request;
  const { options, choice, mounts: named } = draft;
  const diffIds = image.config.rootfs.diff_ids;
  const granted = await grantRest(draft, context);
  if (options.replace && options.name !== undefined) await replaceContainer(options.name, context);
  const volumes = named.flatMap((mount) => mount.volume ?? []);
  const reservation = await reserveContainer({
    ...context,
    id: draft.id,
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.cidfile === undefined ? {} : { cidfile: options.cidfile }),
    owner,
    intent: { imageId: image.id, diffIds, volumes: volumes.map(({ name, anonymous }) => ({ name, anonymous })) },
    ids: granted.ids,
    undo,
  });
  const { id, name, paths } = reservation;
  makeBindSources(named, undo);
  const claimed = reserveVolumes({ ...context, id, volumes, undo });
  if (options.networks.length > 0) await makeContainerNetwork({ draft, ...reservation, undo }, context);
  const layers = await unpackedTrees(context, image);
  const read = () => imageAccounts({ ...context, stage: paths.stage, layers, imageId: image.id });
  const planned = await planContainer({
    ...reservation,
    draft,
    confinement: planConfinement({ ...context, draft, reservation: { id, undo } }),
    user: draft.user.known ? draft.user.user : await userOf(draft, read),
    mounts: resolveMounts(context.root, named, (volume) => claimed.has(volume)),
    layers,
    foreground: true,
    monitor: monitorFields({
      ...context,
      id,
      name,
      options,
      labels: choice.labels,
      claimed,
      imageId: image.id,
      env: choice.env,
      host: draft.facts.hostFiles.hostname,
    }),
    ...granted.filter,
  });
  writeContainerFiles(paths, planned.files, planned.spec);
  failPoint("create.files-written");
  writeContainerOptions(paths.options, options);
  writeLaunchFile(paths.launch, planned.launch);
  const record = recordOf({ ...reservation, draft, mounts: named, planned, image }, context.now());
  writeContainerRecord(paths.record, record);
  failPoint("create.recorded");
  commit({ paths, id, options, purpose: request.purpose }, context);
  await tellContainer(record, { action: "create" }, context);
  return { ...reservation, planned, options };
}

/** From here on it is a container. One that is removed at its end stays pending while it is started at once. */
function commit(
  { paths, id, options, purpose }: Pick<MadeContainer, "paths" | "id" | "options"> & Pick<CreateRequest, "purpose">,
  context: EngineContext,
): void {
  const starts = purpose === "start";
  writeContainerState(paths.state, { status: "created", ...(starts ? { started: startMark(context.now()) } : {}) });
  failPoint("create.whole");
  if (!(options.remove && starts)) clearPending(context.root, id);
  failPoint("create.committed");
}

interface LastGrants {
  readonly ids: IdChoice;
  readonly filter: Pick<LaunchRequest, "seccompProgram">;
}

/** What a plan needs not know, and what takes longer. Makes nothing but the cache of filters. */
async function grantRest(draft: RunDraft, context: EngineContext): Promise<LastGrants> {
  const { id, options, choice, grants, facts } = draft;
  const ids = idChoice(draft, context);
  if (options.logOptions.size > 0) {
    const log = { driver: options.logDriver, options: options.logOptions };
    const { hostname: host } = facts.hostFiles;
    planLog(log, { ...choice, id, name: options.name ?? "", image: options.image, host, imageId: "" });
  }
  if (options.networks.length > 0) {
    const { refuseNetworks } = await import("../networks/refuseNetworks.ts");
    refuseNetworks(draft, context);
  }
  if (facts.host.securityModules.selinuxContexts !== undefined) {
    const { refuseSystemTrees } = await import("../spec/relabels.ts");
    refuseSystemTrees(draft.mounts);
  }
  return { ids, filter: await filterProgram(grants, `${context.root}/cache/seccomp`) };
}

function idChoice({ namespaces, lent }: RunDraft, { idPool }: EngineContext): IdChoice {
  if (namespaces.userns === "host") return { kind: "host" };
  if (lent !== undefined) return { kind: "shared", range: lent.range };
  const size = ownIdCount(namespaces.usernsMode);
  const pools = idPool === undefined ? readIdPools() : [idPool];
  requireLargePool(pools, size);
  return { kind: "own", size, pools };
}

/** The user of an image that nobody has looked into so far. */
async function userOf({ options, choice, ids }: RunDraft, read: () => Promise<Accounts>): Promise<ResolvedUser> {
  const user = resolveUser(choice.user, options.groupAdd, boundAccounts(await read(), options.mounts));
  if (ids !== undefined) requireMappedIds(user, ids);
  return user;
}

/** The image is here and the options can be granted by now. Its anonymous volumes stay, as with `rm --force`. */
async function replaceContainer(name: string, context: EngineContext): Promise<void> {
  try {
    const holder = nameHolder(context.root, name);
    if (holder !== undefined) await removeByName(holder, { force: true, volumes: false }, context);
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== "containerNotFound") throw error;
  }
}

/** Not even loaded for a container without one. */
async function makeContainerNetwork(
  request: Reservation & Pick<CreateRequest, "draft" | "undo">,
  context: EngineContext,
): Promise<void> {
  const { createContainerNetwork } = await import("../networks/createContainerNetwork.ts");
  await createContainerNetwork(request, context);
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
