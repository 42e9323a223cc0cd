import { rmdirSync } from "node:fs";
import { dirname } from "node:path";
import { failPoint } from "../../base/index.ts";
import type { StoredImage } from "../../image/index.ts";
import { ownIdCount } from "../../namespaces/index.ts";
import { tellContainer } from "../events/tellContainer.ts";
import type { FilledOptions } from "../fillDefaults.ts";
import { boundAccounts, imageAccounts } from "../identity/imageAccounts.ts";
import { resolveUser } from "../identity/resolveUser.ts";
import { recordOf } from "../run/containerDocuments.ts";
import type { RunDraft } from "../run/draftRun.ts";
import type { EngineContext } from "../run/engineContext.ts";
import { unpackedTrees } from "../run/findImage.ts";
import { inheritedMounts } from "../run/inheritedMounts.ts";
import { planConfinement } from "../run/planConfinement.ts";
import { type PlannedContainer, planContainer } from "../run/planContainer.ts";
import { reserveVolumes } from "../run/reserveVolumes.ts";
import { checkMounts, type NamedMount, nameMounts, resolveMounts } from "../run/resolveMounts.ts";
import { writeContainerFiles } from "../run/writeBundle.ts";
import { writeContainerOptions } from "../state/containerOptions.ts";
import { writeContainerRecord } from "../state/containerRecord.ts";
import { startMark, writeContainerState } from "../state/containerState.ts";
import { writeLaunchFile } from "../state/launchFile.ts";
import { clearPending } from "../state/pending.ts";
import type { ProcessIdentity } from "../state/processIdentity.ts";
import { type IdChoice, makeBindSource, type Reservation, reserveContainer } from "../state/reserveContainer.ts";
import type { UndoStack } from "../state/undoStack.ts";
import { monitorFields } from "./monitorFields.ts";

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

/** Reserves, decides and writes down, in this order; the record comes last. What fails is taken back by `undo`. */
export async function createContainer(request: CreateRequest, context: EngineContext): Promise<MadeContainer> {
  const { draft, image, owner, undo } = request;
  const { options, choice } = draft;
  const diffIds = image.config.rootfs.diff_ids;
  const named = nameMounts(options, choice.imageVolumes, inheritedMounts(context.root, options.volumesFrom));
  checkMounts(named);
  const volumes = named.flatMap((mount) => mount.volume ?? []);
  const reservation = await reserveContainer({
    ...context,
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.cidfile === undefined ? {} : { cidfile: options.cidfile }),
    owner,
    intent: { imageId: image.id, diffIds, volumes: volumes.map(({ name, anonymous }) => ({ name, anonymous })) },
    ids: idChoice(draft, context),
    undo,
  });
  const { id, name, paths } = reservation;
  makeBindSources(named, undo);
  const claimed = reserveVolumes({ ...context, id, volumes, undo });
  if (options.networks.length > 0) await makeContainerNetwork({ draft, ...reservation, undo }, context);
  const layers = await unpackedTrees(context, image);
  const accounts = boundAccounts(
    await imageAccounts({ ...context, stage: paths.stage, layers, imageId: image.id }),
    options.mounts.flatMap((mount) => (mount.kind === "bind" ? [mount] : [])),
  );
  const planned = await planContainer({
    ...reservation,
    draft,
    confinement: planConfinement({ ...context, draft, reservation: { id, undo } }),
    user: resolveUser(choice.user, options.groupAdd, accounts),
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
    cache: `${context.root}/cache/seccomp`,
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

function idChoice({ namespaces, lent }: RunDraft, { idPool }: EngineContext): IdChoice {
  if (namespaces.userns === "host") return { kind: "host" };
  if (lent !== undefined) return { kind: "shared", range: lent.range };
  const size = ownIdCount(namespaces.usernsMode);
  return { kind: "own", size, ...(idPool === undefined ? {} : { pool: idPool }) };
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
