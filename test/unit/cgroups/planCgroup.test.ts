import assert from "node:assert/strict";
import { test } from "node:test";
import { planCgroup } from "../../../src/cgroups/index.ts";
import type { CgroupFacts } from "../../../src/host/index.ts";
import type { SpecResources } from "../../../src/oci/index.ts";
import { bareHost, hybridHost, pureHost, systemdHost } from "./hosts.ts";

const plan = (cgroup: CgroupFacts, resources: Partial<SpecResources> = {}, parent?: string) =>
  planCgroup({
    id: "c1",
    resources: { devices: [], ...resources },
    facts: { cgroup },
    ...(parent === undefined ? {} : { parent }),
  });

const writesOf = (cgroup: CgroupFacts, resources: Partial<SpecResources>) =>
  plan(cgroup, resources)?.writes.map(({ file, value }) => `${file} ${value}`);

const refused = (code: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof Error && "code" in error);
  assert.equal(error.code, code);
  assert.match(error.message, message);
  return true;
};

test("planCgroup() writes every limit of a pure v2 host, memory.max last", () => {
  const resources = {
    memory: { limit: 67_108_864, reservation: 33_554_432, swap: 100_663_296 },
    cpu: { shares: 512, quota: 50_000, period: 100_000, cpus: "0-1,3", mems: "0" },
    pids: { limit: 64 },
    blockIO: {
      weight: 500,
      throttleReadBpsDevice: [{ major: 8, minor: 0, rate: 1_048_576 }],
      throttleWriteIOPSDevice: [{ major: 8, minor: 16, rate: 100 }],
    },
    unified: { "memory.high": "50331648" },
  };
  assert.deepEqual(writesOf(pureHost, resources), [
    "cpu.weight 59",
    "cpu.max 50000 100000",
    "cpuset.cpus 0-1,3",
    "cpuset.mems 0",
    "pids.max 64",
    "io.weight default 4950",
    "io.max 8:0 rbps=1048576",
    "io.max 8:16 wiops=100",
    "memory.oom.group 1",
    "memory.low 33554432",
    "memory.swap.max 33554432",
    "memory.high 50331648",
    "memory.max 67108864",
  ]);
});

test("planCgroup() enables what it reads in every group above the container's", () => {
  const enable = ["cpu", "io", "memory", "pids"];
  const { directory, parents } = plan(pureHost) ?? {};
  assert.equal(directory, "/sys/fs/cgroup/brig/c1");
  assert.deepEqual(parents, [
    { directory: "/sys/fs/cgroup", enable },
    { directory: "/sys/fs/cgroup/brig", enable },
  ]);
});

test("planCgroup() enables other controllers for those who ask for them", () => {
  const enabled = (resources: Partial<SpecResources>) =>
    plan(pureHost, resources)?.parents.map(({ enable }) => enable.join(" "));
  assert.deepEqual(enabled({ cpu: { cpus: "0" } }), Array(2).fill("cpu cpuset io memory pids"));
  assert.deepEqual(enabled({ unified: { "hugetlb.2MB.max": "0" } }), Array(2).fill("cpu io memory pids hugetlb"));
});

test("planCgroup() limits processes by default where the host can", () => {
  assert.deepEqual(writesOf(pureHost, {}), ["pids.max 4096", "memory.oom.group 1"]);
  assert.deepEqual(writesOf(hybridHost, {}), []);
});

test("planCgroup() makes a group on a hybrid host, below its v2 mount", () => {
  assert.deepEqual(plan(hybridHost), {
    directory: "/sys/fs/cgroup/unified/brig/c1",
    parents: [
      { directory: "/sys/fs/cgroup/unified", enable: [] },
      { directory: "/sys/fs/cgroup/unified/brig", enable: [] },
    ],
    writes: [],
  });
});

test("planCgroup() plans no group where cgroup v2 is not mounted", () => {
  assert.equal(plan(bareHost), undefined);
  assert.throws(() => plan(bareHost, {}, "/team"), refused("controllerUnavailable", /mounts no cgroup v2/));
});

test("planCgroup() names the controller that is missing and where it is bound", () => {
  const cases: readonly (readonly [Partial<SpecResources>, RegExp])[] = [
    [{ memory: { limit: 1 << 26 } }, /the memory controller is bound to cgroup v1 at \/sys\/fs\/cgroup\/memory$/],
    [{ cpu: { quota: 50_000 } }, /the cpu controller is bound to cgroup v1 at \/sys\/fs\/cgroup\/cpu$/],
    [{ cpu: { cpus: "0" } }, /the cpuset controller is bound to cgroup v1 at \/sys\/fs\/cgroup\/cpuset$/],
    [{ pids: { limit: 5 } }, /the pids controller is bound to cgroup v1$/],
    [{ blockIO: { weight: 100 } }, /the io controller is bound to cgroup v1 at \/sys\/fs\/cgroup\/blkio$/],
    [{ unified: { "memory.high": "1" } }, /"memory.high": the memory controller is bound/],
    [{ unified: { "misc.max": "1" } }, /this host offers no misc controller/],
  ];
  for (const [resources, message] of cases) {
    assert.throws(() => plan(hybridHost, resources), refused("controllerUnavailable", message));
  }
});

test("planCgroup() keeps an unlimited process count apart from the default", () => {
  assert.ok(writesOf(pureHost, { pids: { limit: -1 } })?.includes("pids.max max"));
  assert.deepEqual(writesOf(hybridHost, { pids: { limit: 0 } }), []);
});

test("planCgroup() derives the swap limit from memory and swap together", () => {
  const swapOf = (memory: NonNullable<SpecResources["memory"]>, cgroup = pureHost) =>
    plan(cgroup, { memory })?.writes.find(({ file }) => file === "memory.swap.max")?.value;
  assert.equal(swapOf({ limit: 100 }), "100");
  assert.equal(swapOf({ limit: 100, swap: 300 }), "200");
  assert.equal(swapOf({ limit: 100, swap: 100 }), "0");
  assert.equal(swapOf({ limit: 100, swap: -1 }), "max");
  assert.equal(swapOf({ limit: 100 }, { ...pureHost, swap: false }), undefined);
  assert.equal(swapOf({ reservation: 100 }), undefined);
});

test("planCgroup() lets a file named by the user replace what a flag would write", () => {
  const writes = writesOf(pureHost, { memory: { limit: 100 }, unified: { "memory.max": "200", "pids.max": "7" } });
  assert.deepEqual(writes, ["memory.oom.group 1", "memory.swap.max 100", "pids.max 7", "memory.max 200"]);
});

test("planCgroup() refuses files that are not a controller's", () => {
  for (const file of [
    "cgroup.procs",
    "memory",
    "../memory.max",
    "memory.max/../x",
    "memory.a..b",
    "__proto__",
    "",
    "m\n.x",
  ]) {
    const unified = Object.fromEntries([[file, "1"]]);
    assert.throws(() => plan(pureHost, { unified }), refused("invalidValue", /invalid cgroup file/), file);
  }
  assert.throws(() => plan(pureHost, { unified: { "memory.high": "1\n2" } }), refused("invalidValue", /invalid value/));
});

test("planCgroup() places the group below the parent that the user names", () => {
  const directories = (parent: string) => {
    const { parents = [], directory } = plan(pureHost, {}, parent) ?? {};
    return [...parents.map((group) => group.directory), directory].map((path) => path?.slice("/sys/fs/cgroup".length));
  };
  assert.deepEqual(directories("/a/b"), ["", "/a", "/a/b", "/a/b/c1"]);
  assert.deepEqual(directories("a"), ["", "/a", "/a/c1"]);
  assert.deepEqual(directories("team-web.slice"), [
    "",
    "/team.slice",
    "/team.slice/team-web.slice",
    "/team.slice/team-web.slice/brig-c1.scope",
  ]);
  assert.deepEqual(directories("-.slice"), ["", "/brig-c1.scope"]);
});

test("planCgroup() refuses parents that could leave the hierarchy", () => {
  const bad = [
    "..",
    "/a/../b",
    "/a/./b",
    ".hidden",
    "a b",
    "/",
    "a\n",
    "cgroup.procs",
    "-a.slice",
    "a--b.slice",
    "x".repeat(300),
  ];
  for (const parent of bad) {
    assert.throws(() => plan(pureHost, {}, parent), refused("invalidValue", /invalid cgroup parent/), parent);
  }
});

test("planCgroup() compares processors with those of the host, at any size of the request", () => {
  const ask = (cpus: string) => () => plan(pureHost, { cpu: { cpus } });
  assert.throws(
    ask("0-7"),
    refused("invalidValue", /^Requested CPUs are not available - requested 0-7, available: 0-3$/),
  );
  for (const cpus of ["0-2147483647", "3-1", "-1", "1,,2", "a", "0-", "9999999999", `0${",0".repeat(5000)}`]) {
    assert.throws(ask(cpus), refused("invalidValue", /invalid value .* for --cpuset-cpus/), cpus);
  }
  assert.throws(
    () => plan(pureHost, { cpu: { mems: "1" } }),
    refused("invalidValue", /Requested memory nodes are not available/),
  );
});

test("planCgroup() writes a block weight to the file that the kernel has", () => {
  const bfq: CgroupFacts = { ...pureHost, ioWeightFile: "io.bfq.weight" };
  assert.ok(writesOf(bfq, { blockIO: { weight: 300 } })?.includes("io.bfq.weight default 300"));
  const { ioWeightFile: _, ...neither } = pureHost;
  assert.throws(() => plan(neither, { blockIO: { weight: 300 } }), refused("notOffered", /neither io.weight nor/));
});

test("planCgroup() refuses a parent that holds the caller itself", () => {
  const inService: CgroupFacts = { ...pureHost, ownGroup: "/system.slice/job" };
  assert.throws(() => plan(inService, {}, "/system.slice/job/x"), refused("invalidValue", /this process runs in it/));
  assert.ok(plan(inService, {}, "/system.slice/other"));
  assert.ok(plan(inService));
});

test("planCgroup() makes a group without limits where the top group keeps the controllers", () => {
  const nested: CgroupFacts = {
    ...pureHost,
    isRealRoot: false,
    controllers: [
      { name: "memory", state: "occupied" },
      { name: "pids", state: "occupied" },
    ],
  };
  assert.deepEqual(plan(nested)?.writes, []);
  assert.deepEqual(plan(nested)?.parents[0], { directory: "/sys/fs/cgroup", enable: [] });
  const limit = () => plan(nested, { memory: { limit: 1 << 26 } });
  assert.throws(
    limit,
    refused("controllerUnavailable", /kept by the top group of \/sys\/fs\/cgroup, which holds processes$/),
  );
});

test("planCgroup() puts the groups of a systemd host into a delegated unit, and leaves those above it to systemd", () => {
  const enable = ["cpu", "io", "memory", "pids"];
  const unit = "/sys/fs/cgroup/brig.slice/brig.service";
  const { writes: _, ...placed } = plan(systemdHost) ?? {};
  assert.deepEqual(placed, {
    directory: `${unit}/containers/c1`,
    parents: [
      { directory: "/sys/fs/cgroup", enable: [] },
      { directory: "/sys/fs/cgroup/brig.slice", enable: [] },
      { directory: unit, enable },
      { directory: `${unit}/containers`, enable },
    ],
    unit: { name: "brig.service", slice: "brig.slice", directory: unit },
  });
});

test("planCgroup() hands down by itself what systemd does not", () => {
  const parents = plan(systemdHost, { unified: { "hugetlb.2MB.max": "0" }, cpu: { cpus: "0" } })?.parents;
  assert.deepEqual(
    parents?.map(({ enable }) => enable.join(" ")),
    ["hugetlb", "hugetlb", "cpu cpuset io memory pids hugetlb", "cpu cpuset io memory pids hugetlb"],
  );
});

test("planCgroup() asks for one unit in each slice that a container is put in", () => {
  const placeOf = (parent: string) => {
    const { directory, unit } = plan(systemdHost, {}, parent) ?? {};
    return [directory?.slice("/sys/fs/cgroup/".length), unit?.name, unit?.slice];
  };
  assert.deepEqual(placeOf("team-web.slice"), [
    "team.slice/team-web.slice/brig-in-team-web.service/containers/c1",
    "brig-in-team-web.service",
    "team-web.slice",
  ]);
  assert.deepEqual(placeOf("brig.slice"), ["brig.slice/brig.service/containers/c1", "brig.service", "brig.slice"]);
  assert.deepEqual(placeOf("-.slice"), ["brig-in--.service/containers/c1", "brig-in--.service", "-.slice"]);
  assert.deepEqual(placeOf("/team/web"), ["team/web/c1", undefined, undefined]);
  assert.throws(() => plan(systemdHost, {}, "team--web.slice"), refused("invalidValue", /invalid cgroup parent/));
});
