import type { FeatureMap } from "./kernelFeatures.ts";

/** What is known about the machine before anything is decided. Everything in it is data: plans are pure functions of it. */
export interface HostFacts {
  readonly kernel: KernelVersion;
  /** The OCI name of the machine architecture: `amd64`, `arm64`. */
  readonly architecture: string;
  readonly effectiveUid: number;
  /** The effective capabilities of the caller as a bit mask in hexadecimal, bit 0 is CAP_CHOWN (capabilities(7)). */
  readonly effectiveCapabilities: string;
  /** Changes with every boot (random(4), /proc/sys/kernel/random/boot_id). */
  readonly bootId: string;
  /** Processors that this process may use. */
  readonly cpuCount: number;
  readonly memoryBytes: number;
  readonly openFiles: ResourceLimit;
  /** How many user namespaces may exist; 0 switches them off (user_namespaces(7)). */
  readonly userNamespacesMax: number;
  readonly securityModules: SecurityModules;
  readonly cgroup: CgroupFacts;
  readonly paths: HostPaths;
  /** Answers of the kernel to the helper's experiments; absent when the caller is not root or there is no helper. */
  readonly features?: FeatureMap;
}

export interface KernelVersion {
  readonly release: string;
  readonly major: number;
  readonly minor: number;
}

export interface HostPaths {
  readonly dataRoot: string;
  readonly runRoot: string;
  readonly helperPath: string;
}

/** Infinity stands for "unlimited". */
export interface ResourceLimit {
  readonly soft: number;
  readonly hard: number;
}

export interface SecurityModules {
  readonly apparmor: boolean;
  readonly selinux: boolean;
  /** Absent where profiles can neither be seen nor loaded. */
  readonly appArmor?: AppArmorFacts;
  /** Absent where the policy has nothing for containers. */
  readonly selinuxContexts?: SelinuxContexts;
}

export interface AppArmorFacts {
  /** Names of the profiles in the kernel; a profile in another is `OUTER//INNER`. */
  readonly loaded: readonly string[];
  /** Path of apparmor_parser(8), without which nothing can be loaded. */
  readonly parser?: string;
  /** Whether the parser knows what a profile means that says `abi <abi/3.0>`. */
  readonly knowsAbi: boolean;
}

/** From `lxc_contexts` of the policy (selinux_lxc_contexts_path(3)): `USER:ROLE:TYPE:LEVEL` each. */
export interface SelinuxContexts {
  readonly process: string;
  readonly file: string;
}

/** How this host offers cgroups (cgroups(7)). */
export interface CgroupFacts {
  /** Where the v2 hierarchy is mounted; absent when it is mounted nowhere. */
  readonly mountPoint?: string;
  /** False when only a subtree is visible, as in a cgroup namespace: its top group obeys the no-internal-process rule. */
  readonly isRealRoot: boolean;
  /** The caller's own v2 group, as `/proc/self/cgroup` names it. */
  readonly ownGroup: string;
  /** Who owns the groups of a host with nothing but v2, and has to be asked for some; absent: nobody, or it has only a part. */
  readonly manager?: "systemd";
  readonly controllers: readonly ControllerPlace[];
  /** Lists such as `0-3,7` of what a new group could use. */
  readonly effectiveCpus: string;
  readonly effectiveMems: string;
  /** Whether the kernel can swap at all; without it there is no swap limit to set. */
  readonly swap: boolean;
  /** The file for a share of a disk's time: the one of what weighs, the io.cost model or the BFQ scheduler; or there is none. */
  readonly ioWeightFile?: "io.weight" | "io.bfq.weight";
}

/**
 * Where a controller can be found. `offered`: in the v2 hierarchy. `occupied`: there too, but the top group that we see
 * holds processes and so cannot hand it down (cgroups(7), "no internal processes"). `v1`: bound to a v1 hierarchy, and
 * mounted there unless `mountPoint` is absent. `disabled`: switched off at boot. `absent`: not part of this kernel.
 */
export type ControllerPlace =
  | { readonly name: string; readonly state: "offered" | "occupied" | "disabled" | "absent" }
  | { readonly name: string; readonly state: "v1"; readonly mountPoint?: string };
