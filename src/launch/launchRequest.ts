import type { ContainerId } from "../base/index.ts";
import type { NetworkSteps } from "../network/index.ts";
import type { NamespaceKind, RuntimeSpec } from "../oci/index.ts";
import type { AppArmorLoad } from "./hardening/planAppArmor.ts";
import type { HealthRequest } from "./healthRequest.ts";
import type { FieldValue } from "./plan.ts";

/** What the container room asks the launch room to turn into a LaunchPlan. Every path is absolute. */
export interface LaunchRequest {
  readonly id: ContainerId;
  /** The compiled `spec.linux.seccomp` (`cachedProgram`), present exactly when the spec has a profile. */
  readonly seccompProgram?: string;
  /** The pivot document: namespaces, mounts, process, limits. `spec.root.path` is not used when `root` is an overlay. */
  readonly spec: RuntimeSpec;
  readonly root: OverlayRoot | DirectoryRoot;
  /** The v2 group, absolute below /, that the container will be born in; absent when the host mounts no cgroup v2. */
  readonly cgroup?: CgroupPlan;
  /** Candidates for execve(2) in the order to try them; the first is what the user named when it holds a slash. */
  readonly executables: readonly string[];
  /** Put brig's own init in front of the payload (`--init`). */
  readonly init: boolean;
  /** Whether the caller's stdin goes to the payload (`-i`); otherwise the payload reads /dev/null. */
  readonly stdin: boolean;
  /** Absent: in the foreground the payload's stdin is the caller's and ends with it. `kept`: it does not end. */
  readonly input?: "kept" | "none";
  readonly stopSignal: string;
  /** An engine-owned directory of the host over which the helper mounts its staging tmpfs, in a mount namespace of its own. */
  readonly stage: string;
  /** Mount destinations into which the image's content is copied before the (new, empty) volume covers it. */
  readonly copyUp: readonly string[];
  /** Bind mounts that show a part of a directory whose contents are a container's, so that its links must not lead out. */
  readonly parts?: readonly MountPart[];
  /** Host device nodes beside the standard ones (`--device`). */
  readonly devices: readonly DeviceNode[];
  /** Namespaces of other containers' processes; the spec names them with a path. */
  readonly joins: readonly NamespaceTarget[];
  /** What is done about the network namespace that is made; compiled afresh at every start, never kept with the rest. */
  readonly network?: NetworkSteps;
  /** How brig's AppArmor profile gets into the kernel; decided afresh at every start, never kept with the rest. */
  readonly appArmorLoad?: AppArmorLoad;
  /** Trees of the host that get another SELinux label at every start, with everything below them. */
  readonly relabels?: readonly { readonly label: string; readonly paths: readonly string[] }[];
  /** Whether the caller's own streams are the payload's; otherwise it runs detached from the caller. */
  readonly foreground: boolean;
  /** What the monitor keeps and where: fields of its record (native/monitor.c). Without them nothing is kept. */
  readonly monitor: Readonly<Record<string, FieldValue>>;
  /** Absent: the container is not probed. */
  readonly health?: HealthRequest;
  /** How the plan differs from what the user asked for, one sentence each. */
  readonly notices: readonly string[];
}

export interface MountPart {
  /** The destination of the mount. */
  readonly target: string;
  readonly directory: string;
  /** Relative to the directory, which is its root. */
  readonly part: string;
}

export interface NamespaceTarget {
  readonly type: NamespaceKind;
  readonly pid: number;
  /** Field 22 of proc_pid_stat(5), clock ticks since the boot: the pid still means the process that was meant. */
  readonly startTime: number;
  /** The id of the container whose process this is: the next start asks anew which one that is. */
  readonly container?: string;
  /** The file of its monitor that says so: the helper asks it at every start, also at those of the monitor's own. */
  readonly running?: string;
}

export interface DeviceNode {
  readonly hostPath: string;
  readonly containerPath: string;
  readonly type: "c" | "b";
  readonly major: number;
  readonly minor: number;
}

export interface OverlayRoot {
  readonly kind: "overlay";
  /** Layer trees, the lowest (first applied) first. */
  readonly layers: readonly string[];
  /** The directory that holds `upper` and `work`. */
  readonly writable: string;
  /** Do not wait for the disk when it is unmounted: right for a container that is removed when it ends. */
  readonly volatile: boolean;
}

export interface DirectoryRoot {
  readonly kind: "directory";
  readonly path: string;
}

export interface CgroupPlan {
  /** `/sys/fs/cgroup/unified/brig/<id>` */
  readonly directory: string;
  /** Groups that must exist above it and the controllers to enable in each, top down. */
  readonly parents: readonly { readonly directory: string; readonly enable: readonly string[] }[];
  readonly writes: readonly { readonly file: string; readonly value: string }[];
  /** The unit of systemd's that holds the group and is asked for before a start. */
  readonly unit?: { readonly name: string; readonly slice: string; readonly directory: string };
  /** The device filter (`compileDeviceFilter`) in hexadecimal digits, absent when every device is allowed. */
  readonly deviceFilter?: string;
}
