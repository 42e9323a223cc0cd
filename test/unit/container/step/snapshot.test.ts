import assert from "node:assert/strict";
import { test } from "node:test";
import { compareSnapshots, type SnapshotSection, type StopSnapshot } from "../../../../src/container/index.ts";
import { describeNetwork } from "../../../../src/container/step/networkFacts.ts";

type Rows = Readonly<Record<string, string>>;

function snapshot(sections: Partial<Record<SnapshotSection, Rows>>): StopSnapshot {
  const of = (section: SnapshotSection) => new Map(Object.entries(sections[section] ?? {}));
  return {
    namespaces: of("namespaces"),
    process: of("process"),
    capabilities: of("capabilities"),
    limits: of("limits"),
    mounts: of("mounts"),
    cgroup: of("cgroup"),
    network: of("network"),
  };
}

test("compareSnapshots() tells what came, went and changed, section by section", () => {
  const before = snapshot({ mounts: { "/": "ext4", "/gone": "tmpfs" }, namespaces: { net: "1", pid: "2" } });
  const after = snapshot({ mounts: { "/": "overlay", "/proc": "proc" }, namespaces: { net: "1", pid: "2" } });
  assert.deepEqual(compareSnapshots(before, after), [
    { section: "mounts", name: "/", before: "ext4", after: "overlay" },
    { section: "mounts", name: "/gone", before: "tmpfs" },
    { section: "mounts", name: "/proc", after: "proc" },
  ]);
  assert.deepEqual(compareSnapshots(after, after), []);
});

test("describeNetwork() names interfaces, addresses and routes of ip(8), and leaves out what is none", () => {
  const links = [
    {
      ifname: "lo",
      flags: ["LOOPBACK", "UP"],
      address: "00:00:00:00:00:00",
      addr_info: [{ local: "127.0.0.1", prefixlen: 8 }],
    },
    { ifname: "eth0", flags: [], addr_info: "none" },
    7,
  ];
  const described = describeNetwork(links, [[{ dst: "default", dev: "eth0", gateway: "10.0.0.1" }], undefined]);
  assert.deepEqual(
    [...described],
    [
      ["interface lo", "up 00:00:00:00:00:00 127.0.0.1/8"],
      ["interface eth0", "down"],
      ["route to default by eth0", "via 10.0.0.1"],
    ],
  );
});
