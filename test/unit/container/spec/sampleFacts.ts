import type { SpecFacts } from "../../../../src/container/spec/buildRuntimeSpec.ts";
import type { HostFacts } from "../../../../src/host/index.ts";

const host: HostFacts = {
  kernel: { release: "6.12.0", major: 6, minor: 12 },
  architecture: "amd64",
  effectiveUid: 0,
  effectiveCapabilities: "000001ffffffffff",
  bootId: "boot",
  cpuCount: 4,
  memoryBytes: 8 * 1024 ** 3,
  openFiles: { soft: 1024, hard: 1048576 },
  userNamespacesMax: 60000,
  securityModules: { apparmor: false, selinux: false },
  cgroup: {
    mountPoint: "/sys/fs/cgroup",
    isRealRoot: true,
    ownGroup: "/user.slice",
    controllers: ["cpu", "cpuset", "io", "memory", "pids", "hugetlb"].map((name) => ({ name, state: "offered" })),
    effectiveCpus: "0-3",
    effectiveMems: "0",
    swap: true,
  },
  paths: { dataRoot: "/var/lib/brig", runRoot: "/run/brig", helperPath: "/usr/lib/brig/brig-helper" },
};

/** A host that offers everything. */
export const sampleFacts: SpecFacts = {
  host,
  hostFiles: { hosts: "127.0.0.1\tlocalhost\n", hostname: "host", resolvConf: "nameserver 9.9.9.9\n" },
  hardLimits: new Map([["nofile", 1048576]]),
  oomScoreAdj: 0,
  processors: [0],
  devices: [],
};
