import assert from "node:assert/strict";
import { test } from "node:test";
import { diagnose as diagnoseWith } from "../../../src/host/doctor.ts";
import type { HostFacts } from "../../../src/host/index.ts";
import { type FeatureMap, featureNames } from "../../../src/host/kernelFeatures.ts";
import type { Observations } from "../../../src/host/observeHost.ts";
import { english } from "../../../src/messages/doctor/english.ts";
import { bareHost, hybridHost, pureHost } from "../cgroups/hosts.ts";

const everything: FeatureMap = Object.fromEntries(featureNames.map((name) => [name, true]));

const goodFacts: HostFacts = {
  kernel: { release: "6.1.0", major: 6, minor: 1 },
  architecture: "amd64",
  effectiveUid: 0,
  effectiveCapabilities: "000001ffffffffff",
  bootId: "b",
  cpuCount: 4,
  memoryBytes: 2 ** 33,
  openFiles: { soft: 1024, hard: 524_288 },
  userNamespacesMax: 65_536,
  securityModules: {
    apparmor: true,
    selinux: false,
    appArmor: { loaded: [], parser: "/usr/sbin/apparmor_parser", knowsAbi: true },
  },
  cgroup: pureHost,
  paths: { dataRoot: "/var/lib/brig", runRoot: "/run/brig", helperPath: "/usr/lib/brig/brig-helper" },
  features: everything,
};

const goodSights: Observations = {
  helper: "executable",
  tools: { nft: "/usr/sbin/nft", ip: "/usr/sbin/ip" },
  dataRoot: { exists: true, fileSystem: "ext4", freeBytes: 2 ** 40, freeFiles: 1_000_000 },
  inotifyInstances: 1024,
  inotifyWatches: 524_288,
  clockMs: Date.UTC(2026, 0, 1),
  helperBuiltMs: Date.UTC(2025, 0, 1),
};

const diagnose = (facts: HostFacts, seen: Observations) => diagnoseWith(facts, seen, english);

/** The checks that did not end well, as `status id`. */
function troubles(facts: Partial<HostFacts>, seen: Partial<Observations> = {}): readonly string[] {
  return diagnose({ ...goodFacts, ...facts }, { ...goodSights, ...seen })
    .filter(({ status }) => status !== "ok")
    .map(({ status, id }) => `${status} ${id}`);
}

test("diagnose() finds nothing on a host that has everything", () => {
  assert.deepEqual(troubles({}), []);
});

test("diagnose() gives one line of advice exactly where there is something to do", () => {
  const checks = diagnose(
    { ...goodFacts, cgroup: hybridHost, features: { ...everything, overlayIdmap: "EINVAL" } },
    goodSights,
  );
  for (const { id, status, advice, found } of checks) {
    assert.equal(advice === "", status === "ok", id);
    assert.doesNotMatch(`${advice}${found}`, /\n/, id);
  }
  assert.equal(new Set(checks.map(({ id }) => id)).size, checks.length);
});

const cases: readonly (readonly [string, Partial<HostFacts>, Partial<Observations>, readonly string[]])[] = [
  ["an old kernel", { kernel: { release: "5.10.0", major: 5, minor: 10 } }, {}, ["fail kernel"]],
  ["a caller who is not root", { effectiveUid: 1000 }, {}, ["fail root"]],
  ["root without CAP_SYS_ADMIN", { effectiveCapabilities: "000001ffffdfffff" }, {}, ["fail root"]],
  ["a missing helper", {}, { helper: "missing" }, ["fail helper"]],
  [
    "a file system without idmapped mounts",
    { features: { ...everything, idmap: "EINVAL" } },
    {},
    ["warn idmapped-mounts"],
  ],
  ["a kernel without overlay", { features: { ...everything, overlay: "ENODEV" } }, {}, ["fail overlay"]],
  [
    "no cgroup v2",
    { cgroup: bareHost },
    {},
    [
      "fail cgroup",
      ...["cpu", "cpuset", "io", "memory", "pids", "hugetlb"].map((name) => `warn controller-${name}`),
      "warn swap",
    ],
  ],
  ["a data root in memory", {}, { dataRoot: { ...goodSights.dataRoot, fileSystem: "tmpfs" } }, ["warn data-root"]],
  ["a data root on overlay", {}, { dataRoot: { ...goodSights.dataRoot, fileSystem: "overlay" } }, ["fail data-root"]],
  ["a full disk", {}, { dataRoot: { ...goodSights.dataRoot, freeBytes: 1000 } }, ["fail data-space"]],
  ["a nearly full disk", {}, { dataRoot: { ...goodSights.dataRoot, freeBytes: 2 ** 29 } }, ["warn data-space"]],
  ["no user namespaces", { userNamespacesMax: 0 }, {}, ["fail user-namespaces"]],
  ["no network tools", {}, { tools: {} }, ["warn nft", "warn ip"]],
  [
    "small inotify limits",
    {},
    { inotifyInstances: 128, inotifyWatches: 8192 },
    ["warn inotify-instances", "warn inotify-watches"],
  ],
  [
    "AppArmor without its parser",
    { securityModules: { apparmor: true, selinux: false, appArmor: { loaded: [], knowsAbi: false } } },
    {},
    ["warn security-modules"],
  ],
  [
    "AppArmor that cannot be seen",
    { securityModules: { apparmor: true, selinux: false } },
    {},
    ["warn security-modules"],
  ],
  [
    "SELinux without labels for containers",
    { securityModules: { apparmor: false, selinux: true } },
    {},
    ["warn security-modules"],
  ],
  ["a clock in the past", {}, { clockMs: 0 }, ["warn clock"]],
];

for (const [name, facts, seen, expected] of cases) {
  test(`diagnose() notices ${name}`, () => assert.deepEqual(troubles({ ...facts }, seen), expected));
}

test("diagnose() minds a low limit of open files only when it cannot be raised", () => {
  const openFiles = { soft: 1024, hard: 4096 };
  assert.deepEqual(troubles({ openFiles }), []);
  assert.deepEqual(troubles({ openFiles, effectiveCapabilities: "000001fffeffffff" }), ["warn open-files"]);
});

test("diagnose() says where a v1 controller is bound", () => {
  const memory = diagnose({ ...goodFacts, cgroup: hybridHost }, goodSights).find(
    ({ id }) => id === "controller-memory",
  );
  assert.equal(memory?.found, "bound to cgroup v1 at /sys/fs/cgroup/memory");
  assert.match(memory?.advice ?? "", /cgroup_no_v1=all/);
});

test("diagnose() asks for root where the kernel was not tried", () => {
  const { features: _, ...facts } = { ...goodFacts, effectiveUid: 1000 };
  const features = diagnose(facts, goodSights).find(({ id }) => id === "kernel-features");
  assert.equal(features?.status, "warn");
  assert.match(features?.advice ?? "", /as root/);
});
