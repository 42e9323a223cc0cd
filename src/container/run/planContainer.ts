import type { Confinement, DeviceNode, LaunchRequest, NamespaceTarget } from "../../launch/index.ts";
import { type IdRange, idMappings, type NamespacePlan, type OwnIds } from "../../namespaces/index.ts";
import type { RuntimeSpec } from "../../oci/index.ts";
import { planHealth } from "../health/planHealth.ts";
import type { ResolvedUser } from "../identity/resolveUser.ts";
import { buildRuntimeSpec } from "../spec/buildRuntimeSpec.ts";
import { buildEtcFiles, type EtcFiles } from "../spec/etcFiles.ts";
import type { RelabelRequest } from "../spec/relabels.ts";
import type { ResolvedMount } from "../spec/userMounts.ts";
import type { ContainerPaths } from "../state/containerPaths.ts";
import { hostnameOf, type RunDraft } from "./draftRun.ts";
import { wantsInit } from "./startsShell.ts";

/** A draft, and what had to be reserved or looked up for it. */
export interface PlanRequest {
  readonly draft: RunDraft;
  readonly paths: ContainerPaths;
  readonly idRange?: IdRange;
  readonly user: ResolvedUser;
  readonly mounts: readonly ResolvedMount[];
  /** Layer trees, the lowest first. */
  readonly layers: readonly string[];
  readonly confinement: Confinement;
  /** The compiled filter of system calls; absent without one. */
  readonly seccompProgram?: string;
  readonly foreground: boolean;
  /** What the monitor keeps; see LaunchRequest. */
  readonly monitor: LaunchRequest["monitor"];
}

export interface PlannedContainer {
  readonly spec: RuntimeSpec;
  readonly launch: LaunchRequest;
  readonly files: EtcFiles;
}

/**
 * Decides everything about a container, ready to be compiled: the one path that `plan` and `run` share. Nothing is
 * changed.
 */
export async function planContainer(request: PlanRequest): Promise<PlannedContainer> {
  const { draft, paths, idRange, user, mounts, confinement, seccompProgram } = request;
  const { id, options, choice, facts, grants } = draft;
  const ids = idRange === undefined ? undefined : (draft.lent?.maps ?? idMappings(idRange, askedIds(draft)));
  const hostname = hostnameOf(draft, id);
  const files = buildEtcFiles(options, hostname, facts.hostFiles);
  const namespaces = { ...draft.namespaces, namespaces: withJoined(draft.namespaces, draft.joins) };
  const { spec, devices } = buildRuntimeSpec(
    {
      id,
      options,
      choice,
      user,
      security: draft.security,
      confinement,
      namespaces,
      ...(ids === undefined ? {} : { ids }),
      hostname,
      mounts,
      files: generatedFiles(paths),
      grants,
    },
    facts,
  );
  const { onFailure = "none" } = options.health;
  const health = planHealth({ ...options, ...choice, env: spec.process.env, onFailure });
  const launch: LaunchRequest = {
    id,
    ...(seccompProgram === undefined ? {} : { seccompProgram }),
    spec,
    root: { kind: "overlay", layers: request.layers, writable: paths.directory, volatile: options.remove },
    ...(grants.group === undefined ? {} : { cgroup: grants.group }),
    executables: draft.executables,
    init: wantsInit(options.init, choice.args),
    stdin: options.interactive,
    ...(options.attach.includes("stdin") ? {} : { input: "none" }),
    stopSignal: choice.stopSignal,
    stage: paths.stage,
    copyUp: mounts.flatMap((mount) => (mount.kind === "volume" && mount.copyUp ? [mount.target] : [])),
    parts: mounts.flatMap((mount) =>
      mount.kind === "volume" && mount.part !== undefined ? [{ target: mount.target, ...mount.part }] : [],
    ),
    devices: devices.map(nodeOf),
    ...(await relabels({ ...confinement, paths, mounts })),
    joins: draft.joins,
    foreground: request.foreground,
    monitor: request.monitor,
    ...(health === undefined ? {} : { health }),
    notices: [...draft.notices, ...files.notices],
  };
  return { spec, launch, files };
}

/** Not even loaded on a host without SELinux. */
async function relabels(
  request: Omit<RelabelRequest, "labels"> & Confinement,
): Promise<Pick<LaunchRequest, "relabels">> {
  const { labels, paths, mounts } = request;
  if (labels === undefined) return {};
  const { planRelabels } = await import("../spec/relabels.ts");
  return planRelabels({ labels, paths, mounts });
}

function generatedFiles({ resolvConf, hostname, hosts }: ContainerPaths): ReadonlyMap<string, string> {
  return new Map([
    ["/etc/resolv.conf", resolvConf],
    ["/etc/hostname", hostname],
    ["/etc/hosts", hosts],
  ]);
}

function askedIds({ namespaces: { usernsMode } }: RunDraft): Pick<OwnIds, "users" | "groups"> | undefined {
  return "users" in usernsMode ? usernsMode : undefined;
}

/** What a plan needs to know of a device. */
function nodeOf({ hostPath, containerPath, type, major, minor }: DeviceNode): DeviceNode {
  return { hostPath, containerPath, type, major, minor };
}

/** Namespaces of other containers are named in the specification by their processes. */
function withJoined(plan: NamespacePlan, joins: readonly NamespaceTarget[]): NamespacePlan["namespaces"] {
  const fileNames: Readonly<Record<string, string>> = { network: "net", mount: "mnt" };
  const joined = joins.map(({ type, pid }) => ({ type, path: `/proc/${pid}/ns/${fileNames[type] ?? type}` }));
  return [...plan.namespaces, ...joined];
}
