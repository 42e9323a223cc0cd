import { EngineError } from "../../base/index.ts";
import { limitsToResources, planCgroup } from "../../cgroups/index.ts";
import { type HostFacts, offers } from "../../host/index.ts";
import {
  allowsEveryDevice,
  checkSysctls,
  compileDeviceFilter,
  defaultDeviceRules,
  forbidAllDevices,
  type LaunchRequest,
  type NativeArch,
  normalizeDeviceRules,
  planRlimits,
  planSeccomp,
  type SecurityOptions,
} from "../../launch/index.ts";
import { type NamespacePlan, resolveCapabilities } from "../../namespaces/index.ts";
import type { NamespaceKind, SpecLinux, SpecProcess, SpecResources } from "../../oci/index.ts";
import type { FilledOptions } from "../fillDefaults.ts";
import type { SpecFacts } from "./buildRuntimeSpec.ts";
import type { FoundDevice } from "./hostDevices.ts";

export interface GrantRequest {
  readonly id: string;
  readonly options: FilledOptions;
  readonly security: SecurityOptions;
  readonly userns: NamespacePlan["userns"];
  /** The kinds of namespaces that are not the host's. */
  readonly apart: readonly NamespaceKind[];
  readonly arch: NativeArch;
}

/** What a container may do and use, which follows from its options and the host alone. */
export interface Grants {
  readonly capabilities: readonly string[];
  readonly rlimits: SpecProcess["rlimits"];
  readonly resources: SpecResources;
  /** Its control group; absent where the host mounts no cgroup v2. */
  readonly group?: NonNullable<LaunchRequest["cgroup"]>;
  readonly seccomp?: NonNullable<SpecLinux["seccomp"]>;
  readonly notices: readonly string[];
}

/**
 * Decides what a container is granted, before a name, ids or a directory are taken for it. Pure but for the numbers of
 * block devices that limits name.
 *
 * @throws EngineError `invalidValue`, `notOffered`, `controllerUnavailable`, `invalidConfig` for what cannot be granted.
 */
export function planGrants({ id, options, security, userns, apart, arch }: GrantRequest, facts: SpecFacts): Grants {
  const { host } = facts;
  const { privileged } = options;
  const { names: capabilities, leftOut } = resolveCapabilities(
    {
      profile: security.profile === "docker" ? "docker" : "default",
      add: options.capAdd,
      drop: options.capDrop,
      privileged,
    },
    availableCapabilities(host, userns),
  );
  refuseUnreachableScore(options.oomScoreAdj, facts);
  const { rlimits } = planRlimits({
    requested: options.ulimits,
    hardLimits: facts.hardLimits,
    mayRaise: holdsResource(host) && userns === "host",
  });
  checkSysctls(options.sysctls, apart);
  const { group, ...limited } = planGroup(id, options, facts);
  const context = { capabilities, arch, kernelRelease: host.kernel.release };
  const fileText = facts.seccompText === undefined ? {} : { fileText: facts.seccompText };
  const seccomp = planSeccomp({ options: security, privileged, context, ...fileText });
  // What is missing from the profile alone is a fact of the host and nobody's wish.
  const asks = privileged || options.capAdd.length > 0;
  return {
    capabilities,
    rlimits,
    resources: limited.resources,
    ...(group === undefined ? {} : { group }),
    ...(seccomp === undefined ? {} : { seccomp }),
    notices: [
      ...(asks ? leftOut.map((name) => `${name} was left out: the caller does not hold it`) : []),
      ...limited.notices,
    ],
  };
}

function planGroup(
  id: string,
  options: FilledOptions,
  { host, devices }: SpecFacts,
): Pick<Grants, "resources" | "group" | "notices"> {
  const { cgroupParent: parent } = options.limits;
  const resources = { ...limitsToResources(options.limits, host), devices: deviceRules(options, devices) };
  const group = planCgroup({ id, resources, facts: host, ...(parent === undefined ? {} : { parent }) });
  const unfiltered = "which devices can be opened is not limited beyond what /dev shows";
  if (group === undefined) return { resources, notices: [`this host mounts no cgroup v2: ${unfiltered}`] };
  if (allowsEveryDevice(resources.devices)) return { resources, group, notices: [] };
  if (!offers(host.features, "deviceFilter")) {
    return { resources, group, notices: [`this kernel takes no device filter: ${unfiltered}`] };
  }
  const deviceFilter = Buffer.from(compileDeviceFilter(resources.devices)).toString("hex");
  return { resources, group: { ...group, deviceFilter }, notices: [] };
}

function deviceRules(
  { privileged, deviceCgroupRules: rules }: FilledOptions,
  devices: readonly FoundDevice[],
): SpecResources["devices"] {
  if (privileged) return [{ allow: true, type: "a", access: "rwm" }];
  const allowed = devices.map(({ type, major, minor, access }) => ({ type, major, minor, access }));
  return [forbidAllDevices, ...normalizeDeviceRules({ defaults: defaultDeviceRules, devices: allowed, rules })];
}

const capSysResource = 1n << 24n;

function holdsResource({ effectiveCapabilities }: HostFacts): boolean {
  return (BigInt(`0x${effectiveCapabilities}`) & capSysResource) !== 0n;
}

/** Only with CAP_SYS_RESOURCE is a score lowered below what such a process has set, which is seldom above 0 (proc(5)). */
function refuseUnreachableScore(wanted: number, { oomScoreAdj, host }: SpecFacts): void {
  const least = Math.min(oomScoreAdj, 0);
  if (wanted >= least || holdsResource(host) || host.effectiveUid !== 0) return;
  throw new EngineError("invalidValue", `cannot set the score for the memory killer to ${wanted}`, {
    hint: `without CAP_SYS_RESOURCE, which the caller does not hold, it can be ${least} or more`,
  });
}

const everyCapability = (1n << 64n) - 1n;

/** A new user namespace gives its root every capability, over itself (user_namespaces(7)). */
function availableCapabilities(host: HostFacts, userns: NamespacePlan["userns"]): bigint {
  // Without root nothing can be started anyway, and a plan should show what root would get.
  if (userns === "own" || host.effectiveUid !== 0) return everyCapability;
  return BigInt(`0x${host.effectiveCapabilities}`);
}
