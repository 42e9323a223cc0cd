import type { DeviceRate, ResourceLimits } from "../cgroups/index.ts";
import type { ExposedPort, NetworkChoice, PortRequest } from "../network/index.ts";
import type { Platform, SpecIdMapping } from "../oci/index.ts";
import type { HealthOptions } from "./health/healthOptions.ts";

/**
 * What the user asks of `run` and `create`, in Docker's words and already typed: the command line, the API and the
 * library all produce this. A member that is absent was not given. Defaults are filled once, in `fillDefaults`.
 */
export interface RunOptions {
  readonly image: string;
  readonly command?: readonly string[];
  readonly name?: string;
  readonly interactive?: boolean;
  readonly tty?: boolean;
  /** The streams of the payload that are the caller's (`-a`); with stdin among them the payload's ends with the caller's. */
  readonly attach?: readonly StreamName[];
  /** `KEY=value`, or `KEY` to take the image's variable away; later ones win (`parseEnvFlag` looks up the caller's). */
  readonly env?: readonly string[];
  readonly mounts?: readonly MountRequest[];
  /** `CONTAINER[:ro|rw]`, as written: its binds and volumes are mounted here too. */
  readonly volumesFrom?: readonly string[];
  readonly workdir?: string;
  /** `user[:group]`, names or numbers. */
  readonly user?: string;
  readonly groupAdd?: readonly string[];
  readonly hostname?: string;
  readonly domainname?: string;
  /** An empty string resets the image's entrypoint. */
  readonly entrypoint?: string;
  readonly remove?: boolean;
  readonly readOnly?: boolean;
  readonly capAdd?: readonly string[];
  readonly capDrop?: readonly string[];
  readonly privileged?: boolean;
  readonly securityOpt?: readonly string[];
  /** `--network`; without any, the default network. The first may be `none`, `host` or `container:NAME`, and is alone then. */
  readonly networks?: readonly NetworkChoice[];
  /** Of the first network, unless it says so itself. */
  readonly ip?: string;
  readonly ip6?: string;
  readonly macAddress?: string;
  readonly networkAliases?: readonly string[];
  /** `--publish`, a request for each port of the container. */
  readonly publish?: readonly PortRequest[];
  /** Publishes every exposed port that `publish` does not name, on any port of the host. */
  readonly publishAll?: boolean;
  readonly expose?: readonly ExposedPort[];
  /** `--link NAME[:ALIAS]`, as written. */
  readonly links?: readonly string[];
  readonly pid?: string;
  readonly ipc?: string;
  readonly uts?: string;
  readonly userns?: string;
  readonly cgroupns?: string;
  readonly ulimits?: readonly Ulimit[];
  readonly sysctls?: ReadonlyMap<string, string>;
  readonly shmSizeBytes?: number;
  /** `auto`: only where the command is a shell, which leaves orphans alone and ignores SIGTERM as process 1. */
  readonly init?: boolean | "auto";
  readonly labels?: ReadonlyMap<string, string>;
  readonly cidfile?: string;
  readonly pull?: "always" | "missing" | "never";
  readonly platform?: Platform;
  readonly stopSignal?: string;
  readonly devices?: readonly DeviceRequest[];
  /** `c 42:* rmw`, as written: what the device filter lets pass beside the standard devices and `devices`. */
  readonly deviceCgroupRules?: readonly string[];
  readonly addHosts?: readonly ExtraHost[];
  readonly dns?: readonly string[];
  readonly dnsSearch?: readonly string[];
  readonly dnsOptions?: readonly string[];
  readonly limits?: Limits;
  readonly oomScoreAdj?: number;
  readonly annotations?: ReadonlyMap<string, string>;
  readonly restart?: RestartPolicy;
  /** Seconds that `stop` waits before it ends the container; -1 waits for ever. */
  readonly stopTimeoutSec?: number;
  /** Where its monitor keeps the host's number of its first process while it runs; absolute. */
  readonly pidFile?: string;
  /** Seconds after which it is ended for good; absent: it may run for ever. */
  readonly timeoutSec?: number;
  /** Remove the container that has the name first, even if it runs. */
  readonly replace?: boolean;
  /** The bytes that detach a terminal; empty: nothing does. */
  readonly detachKeys?: string;
  readonly health?: HealthOptions;
  /** No health checks, whatever the image says. */
  readonly noHealthcheck?: boolean;
  readonly logDriver?: string;
  readonly logOptions?: ReadonlyMap<string, string>;
}

export type StreamName = "stdin" | "stdout" | "stderr";
export type { HealthOptions };

export interface RestartPolicy {
  readonly policy: "no" | "always" | "unless-stopped" | "on-failure";
  /** Of `on-failure`; 0 is without a limit. */
  readonly retries: number;
}

/** `--add-host`: a line of the generated /etc/hosts. */
export interface ExtraHost {
  readonly name: string;
  /** An IP address, or `host-gateway`. */
  readonly address: string;
}

/** Limits as Docker names them, and the group that the container's own goes below. */
export interface Limits extends ResourceLimits {
  readonly cgroupParent?: string;
}

export type { DeviceRate };

export interface Ulimit {
  readonly name: string;
  /** -1 is unlimited. */
  readonly soft: number;
  readonly hard: number;
}

export interface DeviceRequest {
  readonly hostPath: string;
  readonly containerPath: string;
  /** Some of `r`, `w`, `m`. */
  readonly access: string;
}

export type MountRequest = BindRequest | VolumeRequest | TmpfsRequest;

export interface BindRequest {
  readonly kind: "bind";
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
  /** `-v` makes a missing source directory, `--mount` refuses it. */
  readonly createSource: boolean;
  readonly propagation: BindPropagation;
  /** Whether mounts below the source come along. */
  readonly recursive: boolean;
  /** `:z` or `:Z`: the SELinux label that the files should get. */
  readonly relabel?: "shared" | "private";
  /** Absent: the container sees the ids that are on disk. */
  readonly idMap?: BindIdMap;
}

/** `idmap=`: which ids on disk (`hostID`) are which of the container. What has none is nobody's and cannot be used. */
export interface BindIdMap {
  readonly users: readonly SpecIdMapping[];
  readonly groups: readonly SpecIdMapping[];
}

/** mount_namespaces(7), "Shared subtrees". */
export type BindPropagation = "private" | "rprivate" | "slave" | "rslave" | "shared" | "rshared";

export interface VolumeRequest {
  readonly kind: "volume";
  /** Absent: an anonymous volume. */
  readonly name?: string;
  readonly target: string;
  readonly readOnly: boolean;
  readonly noCopy: boolean;
  readonly subpath?: string;
  /** Options of the local driver and labels, for a volume that does not exist yet. */
  readonly options?: ReadonlyMap<string, string>;
  readonly labels?: ReadonlyMap<string, string>;
}

export interface TmpfsRequest {
  readonly kind: "tmpfs";
  readonly target: string;
  /** Mount options as given, `size=64m` or `mode=1777` among them. */
  readonly options: readonly string[];
}
