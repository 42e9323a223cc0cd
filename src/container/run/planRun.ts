import { existsSync } from "node:fs";
import { join } from "node:path";
import { EngineError, newContainerId } from "../../base/index.ts";
import { openImageStore } from "../../image/index.ts";
import { compilePlan } from "../../launch/index.ts";
import { builtInPools, ownIdCount } from "../../namespaces/index.ts";
import { type DiffId, emptyExecution, type ImageConfig } from "../../oci/index.ts";
import { fillDefaults } from "../fillDefaults.ts";
import { type Accounts, noAccounts } from "../identity/accounts.ts";
import { boundAccounts, cachedAccounts, readAccounts } from "../identity/imageAccounts.ts";
import { type ResolvedUser, resolveUser } from "../identity/resolveUser.ts";
import type { PreviewedNetwork } from "../networks/previewNetwork.ts";
import type { RunOptions } from "../runOptions.ts";
import type { PlannedRun } from "../runReports.ts";
import { containerPaths } from "../state/containerPaths.ts";
import { appArmorLoad } from "./appArmorLoad.ts";
import { draftRun, type RunDraft } from "./draftRun.ts";
import type { EngineContext } from "./engineContext.ts";
import { expectedTrees, isAccessError } from "./findImage.ts";
import { inheritedMounts } from "./inheritedMounts.ts";
import { planConfinement } from "./planConfinement.ts";
import { type PlanRequest, planContainer } from "./planContainer.ts";
import { checkMounts, nameMounts, resolveMounts } from "./resolveMounts.ts";
import { bundleSpec, writeBundle } from "./writeBundle.ts";

/**
 * Decides what `run` would do, with a made-up id and range of ids, and does none of it. Needs no root: what may not be
 * read is left out, and a notice says so.
 *
 * @throws EngineError for options that `run` would refuse too.
 */
export async function planRun(
  runOptions: RunOptions,
  context: EngineContext,
  id = newContainerId(),
): Promise<PlannedRun> {
  const options = fillDefaults(runOptions);
  const image = await imageForPlan(options.image, context);
  const draft = draftRun(options, image.config, context);
  const paths = containerPaths(context.root, id);
  const binds = options.mounts.flatMap((mount) => (mount.kind === "bind" ? [mount] : []));
  const accounts = image.accounts === undefined ? undefined : boundAccounts(image.accounts, binds);
  const user = userForPlan(draft.choice.user, options.groupAdd, accounts);
  const named = nameMounts(options, draft.choice.imageVolumes, inheritedMounts(context.root, options.volumesFrom));
  checkMounts(named);
  const mounts = resolveMounts(context.root, named, (name) => !existsSync(join(context.root, "volumes", name)));
  const planned = await planContainer({
    draft,
    confinement: planConfinement({ ...context, draft }),
    id,
    paths,
    ...previewedIds(draft, context),
    user: user.user,
    mounts,
    layers: image.layers,
    foreground: true,
    monitor: {},
  });
  const notices = [...image.notices, ...user.notices, ...planned.launch.notices];
  const preview = options.networks.length === 0 ? undefined : await previewedNetwork({ draft, id }, context);
  const network = preview === undefined ? {} : { network: preview.steps };
  const spec = bundleSpec(planned.spec, paths, mounts);
  return {
    id,
    plan: compilePlan({ ...planned.launch, ...network, ...appArmorLoad(planned.launch, context), notices }),
    bundleSpec: spec,
    notices,
    files: [
      { path: paths.hosts, text: preview?.hosts ?? planned.files.hosts },
      { path: paths.hostname, text: planned.files.hostname },
      { path: paths.resolvConf, text: planned.files.resolvConf },
    ],
    writeBundle: (directory) => writeBundle(directory, spec, planned.files),
  };
}

/** The first ids of the pool, or another container's. */
function previewedIds({ namespaces, lent }: RunDraft, { idPool }: EngineContext): Pick<PlanRequest, "idRange"> {
  if (namespaces.userns === "host") return {};
  const firstId = (idPool ?? builtInPools[0])?.firstId ?? 0;
  return { idRange: lent?.range ?? { firstId, size: ownIdCount(namespaces.usernsMode) } };
}

async function previewedNetwork(
  { draft, id }: { readonly draft: RunDraft; readonly id: string },
  context: EngineContext,
): Promise<PreviewedNetwork> {
  const { previewNetwork } = await import("../networks/previewNetwork.ts");
  return previewNetwork({ draft, id, name: draft.options.name ?? id.slice(0, 12) }, context);
}

interface PlanImage {
  readonly config: ImageConfig;
  readonly layers: readonly string[];
  readonly accounts?: Accounts;
  readonly notices: readonly string[];
}

async function imageForPlan(name: string, context: EngineContext): Promise<PlanImage> {
  const directory = join(context.root, "images");
  try {
    const image = openImageStore(directory).resolve(name);
    if (image === undefined) return absentImage(context, `the image "${name.slice(0, 200)}" is not here`);
    const { trees: layers, missing } = expectedTrees(context, image.config.rootfs.diff_ids);
    const mayMount = missing.length === 0 && context.probeHost().effectiveUid === 0;
    const read = () => readAccounts({ helperPath: context.helperPath, stage: context.root, layers });
    const accounts = cachedAccounts(context.root, image.id) ?? (mayMount ? await read() : undefined);
    return {
      config: image.config,
      layers,
      ...(accounts === undefined ? {} : { accounts }),
      notices: missing.length === 0 ? [] : [unpackedFirst],
    };
  } catch (error) {
    if (isAccessError(error)) return absentImage(context, `the images in "${directory}" may not be read by this user`);
    throw error;
  }
}

const unpackedFirst =
  "the image is not unpacked yet, which its first run does: the plan shows where its layers will be, and not which of them hide those below";

/** An image of one layer that proposes nothing. */
function absentImage({ root }: EngineContext, reason: string): PlanImage {
  const config: ImageConfig = {
    architecture: "",
    os: "linux",
    config: emptyExecution,
    rootfs: { type: "layers", diff_ids: [] as readonly DiffId[] },
    history: [],
  };
  const notice = `${reason}: the plan shows one layer and nothing of the image's configuration`;
  return { config, layers: [join(root, "layers", "<image>", "tree")], notices: [notice] };
}

/** Without the image's files only numbers are known: what has to be looked up is shown as root. */
function userForPlan(
  text: string,
  groupAdd: readonly string[],
  accounts: Accounts | undefined,
): { readonly user: ResolvedUser; readonly notices: readonly string[] } {
  if (accounts !== undefined) return { user: resolveUser(text, groupAdd, accounts), notices: [] };
  const notices = [
    "the user, its groups and home are looked up in the image when it runs: the plan does not know them",
  ];
  try {
    return { user: resolveUser(text, groupAdd, noAccounts), notices };
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== "userNotFound") throw error;
    return { user: resolveUser("", [], noAccounts), notices };
  }
}
