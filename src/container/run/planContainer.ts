import { arch as processorArchitecture } from "node:os";
import { type ContainerId, EngineError } from "../../base/index.ts";
import { planCgroup } from "../../cgroups/index.ts";
import { offers } from "../../host/index.ts";
import {
  allowsEveryDevice,
  type Confinement,
  cachedProgram,
  compileDeviceFilter,
  type DeviceNode,
  type LaunchRequest,
  type NamespaceTarget,
  nativeArch,
} from "../../launch/index.ts";
import { type IdRange, idMappings, type NamespacePlan, type OwnIds } from "../../namespaces/index.ts";
import type { RuntimeSpec } from "../../oci/index.ts";
import { executableCandidates, pathOf } from "../completeEnv.ts";
import { planHealth } from "../health/planHealth.ts";
import { requireMappedIds } from "../identity/requireMappedIds.ts";
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
  readonly id: ContainerId;
  readonly paths: ContainerPaths;
  readonly idRange?: IdRange;
  readonly user: ResolvedUser;
  readonly mounts: readonly ResolvedMount[];
  /** Layer trees, the lowest first. */
  readonly layers: readonly string[];
  readonly confinement: Confinement;
  readonly foreground: boolean;
  /** What the monitor keeps; see LaunchRequest. */
  readonly monitor: LaunchRequest["monitor"];
  /** Where compiled filters are kept; absent: nothing is kept. */
  readonly cache?: string;
}

export interface PlannedContainer {
  readonly spec: RuntimeSpec;
  readonly launch: LaunchRequest;
  readonly files: EtcFiles;
}

/**
 * Decides everything about a container, ready to be compiled: the one path that `plan` and `run` share. Nothing is
 * changed but the cache.
 *
 * @throws EngineError for a user or a command that the container cannot have.
 */
export async function planContainer(request: PlanRequest): Promise<PlannedContainer> {
  const { draft, id, paths, idRange, user, mounts, confinement } = request;
  const { options, choice, facts } = draft;
  const ids = idRange === undefined ? undefined : (draft.lent?.maps ?? idMappings(idRange, askedIds(draft)));
  if (ids !== undefined) requireMappedIds(user, ids);
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
      grants: draft.grants,
    },
    facts,
  );
  const group = planGroup(spec, draft, id);
  const seccompProgram = await filterProgram(spec, request.cache);
  const { onFailure = "none" } = options.health;
  const health = planHealth({ ...options, ...choice, env: spec.process.env, onFailure });
  const launch: LaunchRequest = {
    id,
    ...seccompProgram,
    spec,
    root: { kind: "overlay", layers: request.layers, writable: paths.directory, volatile: options.remove },
    ...(group.plan === undefined ? {} : { cgroup: group.plan }),
    executables: executableCandidates(choice.args[0] ?? "", pathOf(spec.process.env)),
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
    notices: [...draft.notices, ...files.notices, ...group.notices],
  };
  refuseEmptyCommand(launch);
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

/** The compiled profile, when there is one. */
async function filterProgram(
  { linux: { seccomp } }: RuntimeSpec,
  cache: string | undefined,
): Promise<Pick<LaunchRequest, "seccompProgram">> {
  if (seccomp === undefined) return {};
  const arch = nativeArch(processorArchitecture());
  return { seccompProgram: await cachedProgram({ spec: seccomp, arch, ...(cache === undefined ? {} : { cache }) }) };
}

/** Namespaces of other containers are named in the specification by their processes. */
function withJoined(plan: NamespacePlan, joins: readonly NamespaceTarget[]): NamespacePlan["namespaces"] {
  const fileNames: Readonly<Record<string, string>> = { network: "net", mount: "mnt" };
  const joined = joins.map(({ type, pid }) => ({ type, path: `/proc/${pid}/ns/${fileNames[type] ?? type}` }));
  return [...plan.namespaces, ...joined];
}

function planGroup(
  { linux: { resources } }: RuntimeSpec,
  { options, facts }: RunDraft,
  id: string,
): { readonly plan?: NonNullable<LaunchRequest["cgroup"]>; readonly notices: readonly string[] } {
  const parent = options.limits.cgroupParent;
  const group = planCgroup({ id, resources, facts: facts.host, ...(parent === undefined ? {} : { parent }) });
  const unfiltered = "which devices can be opened is not limited beyond what /dev shows";
  if (group === undefined) return { notices: [`this host mounts no cgroup v2: ${unfiltered}`] };
  if (allowsEveryDevice(resources.devices)) return { plan: group, notices: [] };
  if (!offers(facts.host.features, "deviceFilter")) {
    return { plan: group, notices: [`this kernel takes no device filter: ${unfiltered}`] };
  }
  const deviceFilter = Buffer.from(compileDeviceFilter(resources.devices)).toString("hex");
  return { plan: { ...group, deviceFilter }, notices: [] };
}

/** `""`, `.` and `..` name no file in any directory of PATH. */
function refuseEmptyCommand({ executables, spec }: LaunchRequest): void {
  if (executables.length > 0) return;
  throw new EngineError(
    "commandNotFound",
    `exec: ${JSON.stringify(spec.process.args[0] ?? "")}: executable file not found in $PATH`,
    { hint: "check the command, and PATH among the variables" },
  );
}
