import type { SpecMount } from "../../oci/index.ts";

/** Where a container's /dev/shm comes from. */
export type ShmRequest =
  | { readonly kind: "own"; readonly sizeBytes: number }
  /** The host's, for `--ipc=host`. */
  | { readonly kind: "host" }
  /** Another container's, whose root this path leads to: `--ipc=container:NAME`. */
  | { readonly kind: "joined"; readonly root: string }
  /** None: `--ipc=none`. */
  | { readonly kind: "none" };

export interface DefaultMountsRequest {
  readonly privileged: boolean;
  readonly shm: ShmRequest;
  /**
   * `own`: the cgroup namespace of the container. `host`: the host's groups, bound from where it mounts version 2,
   * because a container with a user namespace of its own cannot mount them. `none`: the host has none.
   */
  readonly cgroup:
    | { readonly kind: "own" }
    | { readonly kind: "host"; readonly mountPoint: string }
    | { readonly kind: "none" };
  /** `--security-opt writable-cgroups`. */
  readonly writableCgroups: boolean;
}

export const defaultShmBytes = 64 * 1024 * 1024;

const isolated = ["nosuid", "noexec", "nodev"] as const;

/**
 * The file systems that every container has, in the order in which they must be mounted (runtime-spec
 * config-linux.md, "Default Filesystems"). /sys and the cgroups are read-only unless the container is privileged. Pure.
 */
export function defaultMounts({
  privileged,
  shm,
  cgroup,
  writableCgroups,
}: DefaultMountsRequest): readonly SpecMount[] {
  return [
    { destination: "/proc", type: "proc", source: "proc", options: isolated },
    {
      destination: "/dev",
      type: "tmpfs",
      source: "tmpfs",
      options: ["nosuid", "strictatime", "mode=755", "size=65536k"],
    },
    {
      destination: "/dev/pts",
      type: "devpts",
      source: "devpts",
      options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"],
    },
    { destination: "/sys", type: "sysfs", source: "sysfs", options: privileged ? isolated : [...isolated, "ro"] },
    ...cgroupMount(cgroup, privileged || writableCgroups ? isolated : [...isolated, "ro"]),
    ...messageMounts(shm),
  ];
}

function cgroupMount(cgroup: DefaultMountsRequest["cgroup"], options: readonly string[]): readonly SpecMount[] {
  const destination = "/sys/fs/cgroup";
  if (cgroup.kind === "none") return [];
  if (cgroup.kind === "own") return [{ destination, type: "cgroup2", source: "cgroup", options }];
  return [{ destination, type: "bind", source: cgroup.mountPoint, options: ["rbind", "rprivate", ...options] }];
}

/** POSIX message queues and shared memory, both of the IPC namespace or both of the host (mq_overview(7), shm_overview(7)). */
function messageMounts(shm: ShmRequest): readonly SpecMount[] {
  if (shm.kind === "host") {
    return ["/dev/mqueue", "/dev/shm"].map((path) => ({
      destination: path,
      type: "bind",
      source: path,
      options: ["rbind", "rprivate", ...isolated],
    }));
  }
  const queues: SpecMount = { destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: isolated };
  if (shm.kind === "none") return [queues];
  if (shm.kind === "joined") {
    const options = ["bind", "rprivate", ...isolated];
    return [queues, { destination: "/dev/shm", type: "bind", source: `${shm.root}/dev/shm`, options }];
  }
  const options = [...isolated, "mode=1777", `size=${shm.sizeBytes}`];
  return [queues, { destination: "/dev/shm", type: "tmpfs", source: "shm", options }];
}
