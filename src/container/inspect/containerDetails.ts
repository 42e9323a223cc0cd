import type { Healthcheck, SpecIdMapping } from "../../oci/index.ts";

/*
 * What `inspect` prints of a container: Docker's names, nesting and order (Engine API 1.48, ContainerInspect), ready for
 * JSON and Go templates. A Go map that is empty is null or {}, as Docker has it in each place. A member that Docker
 * leaves out is undefined: JSON leaves it out too, and a template finds nothing in it instead of an error.
 */

export type Members<Value> = Readonly<Record<string, Value>>;

export interface ContainerDetails {
  readonly Id: string;
  readonly Created: string;
  readonly Path: string;
  readonly Args: readonly string[];
  readonly State: StateDetails;
  readonly Image: string;
  readonly ResolvConfPath: string;
  readonly HostnamePath: string;
  readonly HostsPath: string;
  readonly LogPath: string;
  readonly Name: string;
  readonly RestartCount: number;
  readonly Driver: "overlayfs";
  readonly Platform: "linux";
  readonly MountLabel: string;
  readonly ProcessLabel: string;
  readonly AppArmorProfile: string;
  readonly ExecIDs: readonly string[] | null;
  readonly HostConfig: HostConfigDetails;
  readonly GraphDriver: { readonly Data: Members<string> | null; readonly Name: "overlayfs" };
  /** With `--size` only. */
  readonly SizeRw?: number;
  readonly SizeRootFs?: number;
  readonly Mounts: readonly MountDetails[];
  readonly Config: ConfigDetails;
  readonly NetworkSettings: NetworkSettingsDetails;
  /** What Docker has no name for. */
  readonly Brig: BrigDetails;
}

export interface StateDetails {
  readonly Status: string;
  readonly Running: boolean;
  readonly Paused: boolean;
  readonly Restarting: boolean;
  readonly OOMKilled: boolean;
  readonly Dead: boolean;
  readonly Pid: number;
  readonly ExitCode: number;
  /** False: nobody saw how it ended, and `ExitCode` is a stand-in. */
  readonly ExitCodeKnown?: false;
  readonly Error: string;
  readonly StartedAt: string;
  readonly FinishedAt: string;
  /** Absent for a container without health checks, and before its first start. */
  readonly Health: HealthDetails | undefined;
}

export interface HealthDetails {
  readonly Status: "starting" | "healthy" | "unhealthy";
  readonly FailingStreak: number;
  readonly Log: readonly {
    readonly Start: string;
    readonly End: string;
    readonly ExitCode: number;
    readonly Output: string;
  }[];
}

export interface MountDetails {
  readonly Type: "bind" | "volume";
  readonly Name?: string;
  readonly Source: string;
  readonly Destination: string;
  readonly Driver?: "local";
  readonly Mode: string;
  readonly RW: boolean;
  readonly Propagation: string;
}

export interface ConfigDetails {
  readonly Hostname: string;
  readonly Domainname: string;
  readonly User: string;
  readonly AttachStdin: boolean;
  readonly AttachStdout: boolean;
  readonly AttachStderr: boolean;
  readonly ExposedPorts: Members<object> | undefined;
  readonly Tty: boolean;
  readonly OpenStdin: boolean;
  readonly StdinOnce: boolean;
  readonly Env: readonly string[];
  readonly Cmd: readonly string[] | null;
  readonly Healthcheck: Healthcheck | undefined;
  readonly Image: string;
  readonly Volumes: Members<object> | null;
  readonly WorkingDir: string;
  readonly Entrypoint: readonly string[] | null;
  readonly OnBuild: null;
  readonly Labels: Members<string>;
  readonly StopSignal: string | undefined;
  readonly StopTimeout: number | undefined;
}

export interface ThrottleDetails {
  readonly Path: string;
  readonly Rate: number;
}

/** All 69 fields: those of Windows and of drivers that brig does not have hold what Docker prints for their absence. */
export interface HostConfigDetails {
  readonly Binds: readonly string[] | null;
  readonly ContainerIDFile: string;
  readonly LogConfig: { readonly Type: string; readonly Config: Members<string> };
  readonly NetworkMode: string;
  readonly PortBindings: PortBindings;
  readonly RestartPolicy: { readonly Name: string; readonly MaximumRetryCount: number };
  readonly AutoRemove: boolean;
  readonly VolumeDriver: string;
  readonly VolumesFrom: readonly string[] | null;
  readonly ConsoleSize: readonly [number, number];
  readonly Annotations: Members<string> | undefined;
  readonly CapAdd: readonly string[] | null;
  readonly CapDrop: readonly string[] | null;
  readonly CgroupnsMode: string;
  readonly Dns: readonly string[];
  readonly DnsOptions: readonly string[];
  readonly DnsSearch: readonly string[];
  readonly ExtraHosts: readonly string[] | null;
  readonly GroupAdd: readonly string[] | null;
  readonly IpcMode: string;
  readonly Cgroup: string;
  readonly Links: readonly string[] | null;
  readonly OomScoreAdj: number;
  readonly PidMode: string;
  readonly Privileged: boolean;
  readonly PublishAllPorts: boolean;
  readonly ReadonlyRootfs: boolean;
  readonly SecurityOpt: readonly string[] | null;
  readonly Tmpfs: Members<string> | undefined;
  readonly UTSMode: string;
  readonly UsernsMode: string;
  readonly ShmSize: number;
  readonly Sysctls: Members<string> | undefined;
  readonly Runtime: "brig";
  readonly Isolation: "";
  readonly CpuShares: number;
  readonly Memory: number;
  readonly NanoCpus: number;
  readonly CgroupParent: string;
  readonly BlkioWeight: number;
  readonly BlkioWeightDevice: readonly object[];
  readonly BlkioDeviceReadBps: readonly ThrottleDetails[];
  readonly BlkioDeviceWriteBps: readonly ThrottleDetails[];
  readonly BlkioDeviceReadIOps: readonly ThrottleDetails[];
  readonly BlkioDeviceWriteIOps: readonly ThrottleDetails[];
  readonly CpuPeriod: number;
  readonly CpuQuota: number;
  readonly CpuRealtimePeriod: 0;
  readonly CpuRealtimeRuntime: 0;
  readonly CpusetCpus: string;
  readonly CpusetMems: string;
  readonly Devices: readonly {
    readonly PathOnHost: string;
    readonly PathInContainer: string;
    readonly CgroupPermissions: string;
  }[];
  readonly DeviceCgroupRules: readonly string[] | null;
  readonly DeviceRequests: null;
  readonly MemoryReservation: number;
  readonly MemorySwap: number;
  readonly MemorySwappiness: null;
  readonly OomKillDisable: null;
  readonly PidsLimit: number | null;
  readonly Ulimits: readonly { readonly Name: string; readonly Hard: number; readonly Soft: number }[];
  readonly CpuCount: 0;
  readonly CpuPercent: 0;
  readonly IOMaximumIOps: 0;
  readonly IOMaximumBandwidth: 0;
  readonly Mounts: readonly object[] | undefined;
  readonly MaskedPaths: readonly string[];
  readonly ReadonlyPaths: readonly string[];
  readonly Init: boolean | undefined;
}

/** A published port: the addresses of the host that lead to it. */
export type PortBindings = Members<readonly { readonly HostIp: string; readonly HostPort: string }[] | null>;

export interface NetworkSettingsDetails {
  readonly Bridge: string;
  readonly SandboxID: string;
  readonly SandboxKey: string;
  readonly Ports: PortBindings;
  readonly HairpinMode: false;
  readonly LinkLocalIPv6Address: string;
  readonly LinkLocalIPv6PrefixLen: number;
  readonly SecondaryIPAddresses: null;
  readonly SecondaryIPv6Addresses: null;
  readonly EndpointID: string;
  readonly Gateway: string;
  readonly GlobalIPv6Address: string;
  readonly GlobalIPv6PrefixLen: number;
  readonly IPAddress: string;
  readonly IPPrefixLen: number;
  readonly IPv6Gateway: string;
  readonly MacAddress: string;
  readonly Networks: Members<EndpointDetails>;
}

export interface EndpointDetails {
  readonly IPAMConfig: { readonly IPv4Address?: string; readonly IPv6Address?: string } | null;
  readonly Links: readonly string[] | null;
  readonly Aliases: readonly string[] | null;
  readonly MacAddress: string;
  readonly DriverOpts: null;
  readonly GwPriority: number;
  readonly NetworkID: string;
  readonly EndpointID: string;
  readonly Gateway: string;
  readonly IPAddress: string;
  readonly IPPrefixLen: number;
  readonly IPv6Gateway: string;
  readonly GlobalIPv6Address: string;
  readonly GlobalIPv6PrefixLen: number;
  readonly DNSNames: readonly string[] | null;
}

export interface BrigDetails {
  /** The ids of the container's user namespace; null when it shares the host's. */
  readonly UserNamespace: {
    readonly UidMappings: readonly SpecIdMapping[];
    readonly GidMappings: readonly SpecIdMapping[];
    /** The container whose user namespace it has joined, as it was named then; absent when it has one of its own. */
    readonly Joined?: string;
  } | null;
  /** Why it shares the host's ids although nobody asked for that, in sentences. */
  readonly HostIdsBecause: readonly string[];
  /** The v2 group; empty when the host mounts no cgroup v2. */
  readonly Cgroup: string;
  /** How it last ended, or why it could not be started, in one sentence; empty while neither has happened. */
  readonly Why: string;
  /** Whether the process that keeps its log and its end is there; a container can go on without it. */
  readonly Monitored: boolean;
  /** `--pidfile`; empty: none. */
  readonly PidFile: string;
  /** `--timeout` in seconds; 0: none. */
  readonly Timeout: number;
}
