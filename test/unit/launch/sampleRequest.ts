import type { ContainerId } from "../../../src/base/index.ts";
import type { LaunchRequest } from "../../../src/launch/index.ts";
import type { RuntimeSpec, SpecMount } from "../../../src/oci/index.ts";

const kernelMounts: readonly SpecMount[] = [
  { destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"] },
  {
    destination: "/dev",
    type: "tmpfs",
    source: "tmpfs",
    options: ["nosuid", "strictatime", "mode=755", "size=65536k"],
  },
  { destination: "/dev/pts", type: "devpts", source: "devpts", options: ["nosuid", "noexec", "newinstance", "gid=5"] },
  { destination: "/sys", type: "sysfs", source: "sysfs", options: ["nosuid", "noexec", "nodev", "ro"] },
  {
    destination: "/sys/fs/cgroup",
    type: "cgroup",
    source: "cgroup",
    options: ["ro", "nosuid", "noexec", "nodev", "relatime"],
  },
];

const sampleSpec: RuntimeSpec = {
  ociVersion: "1.0.2",
  root: { path: "rootfs", readonly: false },
  process: {
    terminal: false,
    user: { uid: 1000, gid: 100, additionalGids: [100, 27] },
    args: ["sh", "-c", "id"],
    env: ["PATH=/bin:/usr/bin", "EMPTY="],
    cwd: "/srv",
    capabilities: {
      bounding: ["CAP_CHOWN", "CAP_KILL"],
      effective: ["CAP_CHOWN"],
      permitted: ["CAP_CHOWN"],
      inheritable: [],
      ambient: [],
    },
    rlimits: [
      { type: "RLIMIT_NOFILE", soft: 1024, hard: 4096 },
      { type: "RLIMIT_CORE", soft: -1, hard: -1 },
    ],
    noNewPrivileges: false,
    oomScoreAdj: 200,
  },
  hostname: "sample",
  mounts: [
    ...kernelMounts,
    { destination: "/data", type: "bind", source: "/var/lib/brig/volumes/data/_data", options: ["rbind", "rprivate"] },
    { destination: "/etc/hosts", type: "bind", source: "/var/lib/brig/containers/c/hosts", options: ["bind", "ro"] },
  ],
  linux: {
    namespaces: (["user", "mount", "pid", "network", "uts", "ipc", "cgroup"] as const).map((type) => ({ type })),
    uidMappings: [{ containerID: 0, hostID: 536870912, size: 65536 }],
    gidMappings: [{ containerID: 0, hostID: 536870912, size: 65536 }],
    devices: [],
    cgroupsPath: "/brig/c",
    resources: { devices: [] },
    sysctl: { "net.ipv4.ping_group_range": "0 65535" },
    maskedPaths: ["/proc/kcore", "/sys/firmware"],
    readonlyPaths: ["/proc/sys"],
  },
};

/** A request that uses every part of a plan; `change` replaces members of the request, `changeSpec` of its spec. */
export function sampleRequest(
  change: Partial<LaunchRequest> = {},
  changeSpec: Partial<RuntimeSpec> = {},
): LaunchRequest {
  return {
    id: "c".repeat(64) as ContainerId,
    spec: { ...sampleSpec, ...changeSpec },
    root: {
      kind: "overlay",
      layers: ["/layers/base", "/layers/top"],
      writable: "/containers/c/writable",
      volatile: true,
    },
    cgroup: {
      directory: "/sys/fs/cgroup/brig/c",
      parents: [{ directory: "/sys/fs/cgroup/brig", enable: ["cpu", "memory"] }],
      writes: [
        { file: "pids.max", value: "64" },
        { file: "memory.max", value: "67108864" },
      ],
    },
    executables: ["/bin/sh", "/usr/bin/sh"],
    init: false,
    stdin: true,
    stopSignal: "SIGTERM",
    stage: "/run/brig/stage",
    copyUp: ["/data"],
    devices: [],
    joins: [],
    foreground: true,
    monitor: {},
    notices: [],
    ...change,
  };
}

export { sampleSpec };
