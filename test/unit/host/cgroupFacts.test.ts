import assert from "node:assert/strict";
import { test } from "node:test";
import { readCgroupFacts } from "../../../src/host/cgroupFacts.ts";

const table = (rows: readonly string[]) => ["#subsys_name\thierarchy\tnum_cgroups\tenabled", ...rows, ""].join("\n");

function factsOf(
  mountinfo: readonly string[],
  files: Readonly<Record<string, string>>,
  rows: readonly string[] = [],
  systemd = false,
) {
  const contents = new Map(Object.entries(files));
  return readCgroupFacts({
    mountinfo: `${mountinfo.join("\n")}\n`,
    ownCgroup: contents.get("own") ?? "0::/\n",
    table: table(rows),
    read: (path) => contents.get(path),
    systemd,
    swap: true,
  });
}

const states = (facts: ReturnType<typeof factsOf>) =>
  Object.fromEntries(
    facts.controllers.map((place) => [
      place.name,
      place.state === "v1" ? `v1 ${place.mountPoint ?? "-"}` : place.state,
    ]),
  );

test("readCgroupFacts() describes a host with nothing but cgroup v2", () => {
  const facts = factsOf(["30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate"], {
    "/sys/fs/cgroup/cgroup.controllers": "cpuset cpu io memory hugetlb pids rdma misc\n",
    "/sys/fs/cgroup/cpuset.cpus.effective": "0-7\n",
    "/sys/fs/cgroup/cpuset.mems.effective": "0-1\n",
    "/sys/fs/cgroup/io.cost.qos": "",
    own: "0::/user.slice/session-1.scope\n",
  });
  assert.equal(facts.mountPoint, "/sys/fs/cgroup");
  assert.equal(facts.ownGroup, "/user.slice/session-1.scope");
  assert.equal(facts.isRealRoot, true);
  assert.equal(facts.effectiveCpus, "0-7");
  assert.equal(facts.effectiveMems, "0-1");
  assert.equal(facts.ioWeightFile, "io.weight");
  assert.deepEqual(new Set(Object.values(states(facts))), new Set(["offered"]));
  assert.ok("rdma" in states(facts));
});

test("readCgroupFacts() names the file of what weighs shares of a disk", () => {
  const fileFor = (files: Readonly<Record<string, string>>) =>
    factsOf(["30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw"], {
      "/sys/fs/cgroup/cgroup.controllers": "io\n",
      own: "0::/\n",
      ...files,
    }).ioWeightFile;
  const bfq = { "/sys/module/bfq/initstate": "live\n" };
  const cost = (line: string) => ({ "/sys/fs/cgroup/io.cost.qos": line });
  assert.equal(fileFor({}), undefined);
  assert.equal(fileFor(bfq), "io.bfq.weight");
  assert.equal(fileFor(cost("")), "io.weight");
  assert.equal(fileFor({ ...bfq, ...cost("8:0 enable=0 ctrl=auto\n") }), "io.bfq.weight");
  assert.equal(fileFor({ ...bfq, ...cost("8:0 enable=1 ctrl=auto\n") }), "io.weight");
});

test("readCgroupFacts() finds where a hybrid host has bound its controllers", () => {
  const mountinfo = [
    "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755",
    "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct",
    "35 31 0:32 / /sys/fs/cgroup/the\\040memory rw - cgroup cgroup rw,memory",
    "38 31 0:35 / /sys/fs/cgroup/blkio rw - cgroup cgroup rw,blkio",
    "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw",
  ];
  const files = {
    "/sys/fs/cgroup/unified/cgroup.controllers": "hugetlb\n",
    "/sys/devices/system/cpu/online": "0-1\n",
  };
  const rows = ["cpuset\t3\t1\t1", "memory\t4\t15\t1", "pids\t0\t1\t0", "hugetlb\t0\t1\t1"];
  const facts = factsOf(mountinfo, files, rows);
  assert.equal(facts.mountPoint, "/sys/fs/cgroup/unified");
  assert.equal(facts.effectiveCpus, "0-1");
  assert.deepEqual(states(facts), {
    cpu: "v1 /sys/fs/cgroup/cpu,cpuacct",
    cpuset: "v1 -",
    io: "v1 /sys/fs/cgroup/blkio",
    memory: "v1 /sys/fs/cgroup/the memory",
    pids: "disabled",
    hugetlb: "offered",
  });
});

test("readCgroupFacts() describes a host without cgroups", () => {
  const facts = factsOf(["27 1 254:0 / / rw - ext4 /dev/vda rw"], {});
  assert.equal(facts.mountPoint, undefined);
  assert.deepEqual(new Set(Object.values(states(facts))), new Set(["absent"]));
});

test("readCgroupFacts() sees a top group that keeps its controllers because processes sit in it", () => {
  const mountinfo = ["30 23 0:26 /a /sys/fs/cgroup rw - cgroup2 cgroup2 rw"];
  const files = {
    "/sys/fs/cgroup/cgroup.events": "populated 1\n",
    "/sys/fs/cgroup/cgroup.controllers": "memory pids\n",
    "/sys/fs/cgroup/cgroup.subtree_control": "pids\n",
  };
  const facts = factsOf(mountinfo, files);
  assert.equal(facts.isRealRoot, false);
  assert.equal(states(facts).memory, "occupied");
  assert.equal(states(facts).pids, "offered");
  assert.equal(states(factsOf(mountinfo, { ...files, own: "0::/init\n" })).memory, "offered");
});

test("readCgroupFacts() knows systemd as the owner of the groups only where it has no others than those of v2", () => {
  const pure = "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw";
  const managerOf = (mounts: readonly string[], files: Readonly<Record<string, string>> = {}, systemd = true) =>
    factsOf(mounts, files, [], systemd).manager;
  assert.equal(managerOf([pure]), "systemd");
  assert.equal(managerOf([pure], {}, false), undefined);
  assert.equal(managerOf([pure], { "/sys/fs/cgroup/cgroup.events": "populated 1\n" }), undefined);
  assert.equal(managerOf([pure, "31 23 0:27 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd"]), undefined);
  assert.equal(managerOf([]), undefined);
});
