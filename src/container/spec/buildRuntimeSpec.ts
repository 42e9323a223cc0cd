import type { HostFacts } from "../../host/index.ts";
import {
  type Confinement,
  defaultMounts,
  planSysctls,
  type SecurityOptions,
  type ShmRequest,
  systemPaths,
} from "../../launch/index.ts";
import { capabilitySets, type IdMaps, type NamespacePlan } from "../../namespaces/index.ts";
import type { NamespaceKind, RuntimeSpec, SpecLinux, SpecMount, SpecProcess } from "../../oci/index.ts";
import { completeEnv } from "../completeEnv.ts";
import type { FilledOptions } from "../fillDefaults.ts";
import type { ResolvedUser } from "../identity/resolveUser.ts";
import type { ProcessChoice } from "../mergeImageConfig.ts";
import type { FoundDevice } from "./hostDevices.ts";
import type { Grants } from "./planGrants.ts";
import type { RunFacts } from "./runFacts.ts";
import { orderMounts, type ResolvedMount, specMount } from "./userMounts.ts";

/** Everything that a container's specification is made from. */
export interface SpecRequest {
  readonly id: string;
  readonly options: FilledOptions;
  readonly choice: ProcessChoice;
  readonly user: ResolvedUser;
  readonly security: SecurityOptions;
  readonly confinement: Confinement;
  readonly namespaces: NamespacePlan;
  /** Its ids when `namespaces.userns` is `own`. */
  readonly ids?: IdMaps;
  readonly hostname: string;
  readonly mounts: readonly ResolvedMount[];
  /** The generated files, by where they are mounted. */
  readonly files: ReadonlyMap<string, string>;
  readonly grants: Grants;
}

export interface SpecFacts extends RunFacts {
  readonly host: HostFacts;
}

export interface BuiltSpec {
  readonly spec: RuntimeSpec;
  /** The devices beside the standard ones. */
  readonly devices: readonly FoundDevice[];
}

/**
 * Decides the OCI runtime specification of a container, whose options have been granted. Pure. Nothing in it comes from the
 * image but what `mergeImageConfig` let through.
 */
export function buildRuntimeSpec(request: SpecRequest, facts: SpecFacts): BuiltSpec {
  const { options, namespaces } = request;
  const ownsUts = namespaces.namespaces.some(({ type }) => type === "uts");
  const spec: RuntimeSpec = {
    ociVersion: "1.0.2",
    root: { path: "rootfs", readonly: options.readOnly },
    process: buildProcess(request, facts),
    ...(ownsUts ? { hostname: request.hostname } : {}),
    ...(ownsUts && options.domainname !== undefined ? { domainname: options.domainname } : {}),
    mounts: buildMounts(request, facts),
    ...(options.annotations.size === 0 ? {} : { annotations: Object.fromEntries(options.annotations) }),
    linux: buildLinux(request, facts),
  };
  return { spec, devices: facts.devices };
}

function buildProcess(request: SpecRequest, facts: SpecFacts): SpecProcess {
  const { options, choice, user, security } = request;
  const { capabilities, rlimits } = request.grants;
  const { uid, gid, additionalGids, home } = user;
  const { appArmor, labels } = request.confinement;
  const wantedScore = options.oomScoreAdj !== 0 || facts.oomScoreAdj < 0;
  return {
    terminal: options.tty,
    user: { uid, gid, additionalGids },
    args: choice.args,
    env: completeEnv(choice.env, { hostname: request.hostname, tty: options.tty, home }),
    cwd: choice.workdir,
    capabilities: processCapabilities(capabilities, uid),
    rlimits,
    noNewPrivileges: security.noNewPrivileges,
    ...(appArmor === undefined ? {} : { apparmorProfile: appArmor }),
    ...(labels?.process === undefined ? {} : { selinuxLabel: labels.process }),
    ...(wantedScore ? { oomScoreAdj: options.oomScoreAdj } : {}),
  };
}

/** Only root starts with capabilities; any other user can get at those of the bounding set through set-user-id programs. */
function processCapabilities(names: readonly string[], uid: number): SpecProcess["capabilities"] {
  const sets = capabilitySets(names);
  return uid === 0 ? sets : { ...sets, effective: [], permitted: [] };
}

function buildMounts(request: SpecRequest, { host }: SpecFacts): readonly SpecMount[] {
  const { options, namespaces, security } = request;
  const owns = (kind: NamespaceKind): boolean => namespaces.namespaces.some(({ type }) => type === kind);
  const { mountPoint } = host.cgroup;
  const defaults = defaultMounts({
    privileged: options.privileged,
    writableCgroups: security.writableCgroups,
    shm: shmOf(request),
    cgroup:
      mountPoint === undefined ? { kind: "none" } : owns("cgroup") ? { kind: "own" } : { kind: "host", mountPoint },
  });
  const targets = new Set(request.mounts.map((mount) => mount.target));
  const files = [...request.files].filter(([target]) => !targets.has(target));
  const binds = files.map(
    ([destination, source]): SpecMount => ({
      destination,
      type: "bind",
      source,
      options: ["bind", "rprivate", "rw"],
    }),
  );
  return orderMounts(defaults, [...request.mounts.map((mount) => specMount(mount, request.ids)), ...binds]);
}

/** Shared memory goes with the IPC namespace. */
function shmOf({ options, namespaces }: SpecRequest): ShmRequest {
  const ipc = namespaces.namespaces.find(({ type }) => type === "ipc");
  if (ipc === undefined) return { kind: "host" };
  if (ipc.path !== undefined) return { kind: "joined", root: ipc.path.replace(/\/ns\/ipc$/, "/root") };
  return options.ipc === "none" ? { kind: "none" } : { kind: "own", sizeBytes: options.shmSizeBytes };
}

function buildLinux(request: SpecRequest, facts: SpecFacts): SpecLinux {
  const { options, namespaces, security, ids, id } = request;
  const { resources, seccomp } = request.grants;
  const { privileged } = options;
  const { labels } = request.confinement;
  const maps = namespaces.userns === "own" ? ids : undefined;
  const made = namespaces.namespaces.map(({ type }) => type);
  const sysctl = planSysctls({
    requested: options.sysctls,
    made,
    ...(maps === undefined ? {} : { gidMappings: maps.gidMappings }),
  });
  const paths = systemPaths({
    privileged,
    unconfined: security.systemPaths === "unconfined",
    processors: facts.processors,
  });
  return {
    namespaces: namespaces.namespaces,
    ...maps,
    devices: facts.devices.map(({ containerPath, type, major, minor, fileMode }) => ({
      path: containerPath,
      type,
      major,
      minor,
      fileMode,
    })),
    cgroupsPath: `/brig/${id}`,
    resources,
    ...(Object.keys(sysctl).length === 0 ? {} : { sysctl }),
    maskedPaths: paths.masked,
    readonlyPaths: paths.readonly,
    rootfsPropagation: rootPropagation(request.mounts),
    ...(seccomp === undefined ? {} : { seccomp }),
    ...(labels === undefined ? {} : { mountLabel: labels.mount }),
  };
}

/** What the root must at least be for the bind mounts in it to get what they ask for (mount_namespaces(7)). */
function rootPropagation(mounts: readonly ResolvedMount[]): string {
  const asked = mounts.flatMap((mount) => (mount.kind === "bind" ? [mount.propagation] : []));
  if (asked.some((word) => word.endsWith("shared"))) return "rshared";
  return asked.some((word) => word.endsWith("slave")) ? "rslave" : "rprivate";
}
