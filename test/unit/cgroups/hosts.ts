import type { CgroupFacts } from "../../../src/host/index.ts";

/** Three kinds of host, as `probeHost` describes them. */
export const pureHost: CgroupFacts = {
  mountPoint: "/sys/fs/cgroup",
  isRealRoot: true,
  ownGroup: "/",
  controllers: ["cpu", "cpuset", "io", "memory", "pids", "hugetlb"].map((name) => ({ name, state: "offered" })),
  effectiveCpus: "0-3",
  effectiveMems: "0",
  swap: true,
  ioWeightFile: "io.weight",
};

/** The same where systemd is process 1. */
export const systemdHost: CgroupFacts = { ...pureHost, ownGroup: "/user.slice/session-1.scope", manager: "systemd" };

export const hybridHost: CgroupFacts = {
  mountPoint: "/sys/fs/cgroup/unified",
  isRealRoot: true,
  ownGroup: "/",
  controllers: [
    { name: "cpu", state: "v1", mountPoint: "/sys/fs/cgroup/cpu" },
    { name: "cpuset", state: "v1", mountPoint: "/sys/fs/cgroup/cpuset" },
    { name: "io", state: "v1", mountPoint: "/sys/fs/cgroup/blkio" },
    { name: "memory", state: "v1", mountPoint: "/sys/fs/cgroup/memory" },
    { name: "pids", state: "v1" },
    { name: "hugetlb", state: "offered" },
  ],
  effectiveCpus: "0-1",
  effectiveMems: "0",
  swap: true,
};

export const bareHost: CgroupFacts = {
  isRealRoot: true,
  ownGroup: "/",
  controllers: ["cpu", "cpuset", "io", "memory", "pids", "hugetlb"].map((name) => ({ name, state: "absent" })),
  effectiveCpus: "0",
  effectiveMems: "0",
  swap: false,
};
