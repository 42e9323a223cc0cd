import { existsSync } from "node:fs";
import { join } from "node:path";
import { newContainerId } from "../../base/index.ts";
import { openImageStore } from "../../image/index.ts";
import { compilePlan } from "../../launch/index.ts";
import { builtInPools, ownIdCount } from "../../namespaces/index.ts";
import { type DiffId, emptyExecution, type ImageConfig } from "../../oci/index.ts";
import { fillDefaults } from "../fillDefaults.ts";
import type { Accounts } from "../identity/accounts.ts";
import { cachedAccounts, readAccounts } from "../identity/imageAccounts.ts";
import type { PreviewedNetwork } from "../networks/previewNetwork.ts";
import type { RunOptions } from "../runOptions.ts";
import type { PlannedRun } from "../runReports.ts";
import { containerPaths } from "../state/containerPaths.ts";
import { appArmorLoad } from "./appArmorLoad.ts";
import { draftRun, type RunDraft } from "./draftRun.ts";
import type { EngineContext } from "./engineContext.ts";
import { filterProgram } from "./filterProgram.ts";
import { expectedTrees, isAccessError } from "./findImage.ts";
import { planConfinement } from "./planConfinement.ts";
import { type PlanRequest, planContainer } from "./planContainer.ts";
import { resolveMounts } from "./resolveMounts.ts";
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
  const known = image.accounts === undefined ? {} : { accounts: image.accounts };
  const draft = draftRun({ id, options, config: image.config, ...known }, context);
  const paths = containerPaths(context.root, id);
  const mounts = resolveMounts(context.root, draft.mounts, (name) => !existsSync(join(context.root, "volumes", name)));
  const planned = await planContainer({
    draft,
    confinement: planConfinement({ ...context, draft }),
    paths,
    ...previewedIds(draft, context),
    user: draft.user.user,
    mounts,
    layers: image.layers,
    ...(await filterProgram(draft.grants)),
    foreground: true,
    monitor: {},
  });
  const notices = [...image.notices, ...(draft.user.known ? [] : [unknownUser]), ...planned.launch.notices];
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

const unknownUser =
  "the user, its groups and home are looked up in the image when it runs: the plan does not know them";
