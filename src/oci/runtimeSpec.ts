/**
 * The parts of the OCI runtime configuration that brig reads and writes (runtime-spec v1.2, config.md and
 * config-linux.md). Field names are the specification's.
 */
export interface RuntimeSpec {
  readonly ociVersion: "1.0.2";
  readonly root: { readonly path: string; readonly readonly: boolean };
  readonly process: SpecProcess;
  readonly hostname?: string;
  readonly domainname?: string;
  readonly mounts: readonly SpecMount[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly linux: SpecLinux;
}

export interface SpecProcess {
  readonly terminal: boolean;
  readonly consoleSize?: { readonly height: number; readonly width: number };
  readonly user: {
    readonly uid: number;
    readonly gid: number;
    readonly umask?: number;
    readonly additionalGids: readonly number[];
  };
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly cwd: string;
  readonly capabilities: SpecCapabilities;
  readonly rlimits: readonly SpecRlimit[];
  readonly noNewPrivileges: boolean;
  readonly oomScoreAdj?: number;
  readonly apparmorProfile?: string;
  readonly selinuxLabel?: string;
}

export interface SpecCapabilities {
  readonly bounding: readonly string[];
  readonly effective: readonly string[];
  readonly permitted: readonly string[];
  readonly inheritable: readonly string[];
  readonly ambient: readonly string[];
}

export interface SpecRlimit {
  readonly type: string;
  readonly soft: number;
  readonly hard: number;
}

export interface SpecMount {
  readonly destination: string;
  readonly type: string;
  readonly source: string;
  readonly options: readonly string[];
  /** From the ids of its files (`containerID`) to the host's ids that they are shown as. */
  readonly uidMappings?: readonly SpecIdMapping[];
  readonly gidMappings?: readonly SpecIdMapping[];
}

export type NamespaceKind = "user" | "mount" | "pid" | "network" | "uts" | "ipc" | "cgroup" | "time";

export interface SpecNamespace {
  readonly type: NamespaceKind;
  /** Join this namespace instead of making one. */
  readonly path?: string;
}

export interface SpecIdMapping {
  readonly containerID: number;
  readonly hostID: number;
  readonly size: number;
}

export interface SpecDevice {
  readonly type: "c" | "b" | "p";
  readonly path: string;
  readonly major: number;
  readonly minor: number;
  readonly fileMode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

export interface SpecDeviceRule {
  readonly allow: boolean;
  readonly type: "a" | "c" | "b";
  /** -1 or absent: every number. */
  readonly major?: number;
  readonly minor?: number;
  /** Some of `r`, `w`, `m`. */
  readonly access: string;
}

export interface SpecResources {
  readonly devices: readonly SpecDeviceRule[];
  readonly memory?: { readonly limit?: number; readonly reservation?: number; readonly swap?: number };
  readonly cpu?: {
    readonly shares?: number;
    readonly quota?: number;
    readonly period?: number;
    readonly cpus?: string;
    readonly mems?: string;
  };
  readonly pids?: { readonly limit: number };
  readonly blockIO?: {
    readonly weight?: number;
    readonly weightDevice?: readonly SpecWeightDevice[];
    readonly throttleReadBpsDevice?: readonly SpecThrottleDevice[];
    readonly throttleWriteBpsDevice?: readonly SpecThrottleDevice[];
    readonly throttleReadIOPSDevice?: readonly SpecThrottleDevice[];
    readonly throttleWriteIOPSDevice?: readonly SpecThrottleDevice[];
  };
  /** cgroup v2 file name to value, written as they are (`--cgroup-conf`). */
  readonly unified?: Readonly<Record<string, string>>;
}

export interface SpecThrottleDevice {
  readonly major: number;
  readonly minor: number;
  readonly rate: number;
}

export interface SpecWeightDevice {
  readonly major: number;
  readonly minor: number;
  readonly weight: number;
}

export interface SpecSeccompArg {
  readonly index: number;
  readonly value: number;
  readonly valueTwo?: number;
  readonly op: string;
}

export interface SpecSeccompRule {
  readonly names: readonly string[];
  readonly action: string;
  readonly errnoRet?: number;
  readonly args?: readonly SpecSeccompArg[];
}

export interface SpecSeccomp {
  readonly defaultAction: string;
  readonly defaultErrnoRet?: number;
  readonly architectures: readonly string[];
  readonly flags?: readonly string[];
  readonly syscalls: readonly SpecSeccompRule[];
}

export interface SpecLinux {
  readonly namespaces: readonly SpecNamespace[];
  readonly uidMappings?: readonly SpecIdMapping[];
  readonly gidMappings?: readonly SpecIdMapping[];
  readonly devices: readonly SpecDevice[];
  readonly cgroupsPath: string;
  readonly resources: SpecResources;
  readonly sysctl?: Readonly<Record<string, string>>;
  readonly maskedPaths: readonly string[];
  readonly readonlyPaths: readonly string[];
  readonly rootfsPropagation?: string;
  readonly seccomp?: SpecSeccomp;
  readonly mountLabel?: string;
}
