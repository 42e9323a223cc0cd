import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type DefaultMountsRequest, defaultMounts, defaultShmBytes } from "../../../../src/launch/hardening.ts";

function lines(request: Partial<DefaultMountsRequest>): readonly string[] {
  const usual: DefaultMountsRequest = {
    privileged: false,
    shm: { kind: "own", sizeBytes: defaultShmBytes },
    cgroup: { kind: "own" },
    writableCgroups: false,
  };
  return defaultMounts({ ...usual, ...request }).map(
    ({ destination, type, source, options }) => `${destination} ${type} ${source} ${options.join(",")}`,
  );
}

const usual = [
  "/proc proc proc nosuid,noexec,nodev",
  "/dev tmpfs tmpfs nosuid,strictatime,mode=755,size=65536k",
  "/dev/pts devpts devpts nosuid,noexec,newinstance,ptmxmode=0666,mode=0620,gid=5",
  "/sys sysfs sysfs nosuid,noexec,nodev,ro",
  "/sys/fs/cgroup cgroup2 cgroup nosuid,noexec,nodev,ro",
  "/dev/mqueue mqueue mqueue nosuid,noexec,nodev",
  "/dev/shm tmpfs shm nosuid,noexec,nodev,mode=1777,size=67108864",
];

describe("defaultMounts()", () => {
  it("gives the file systems that every container has", () => {
    assert.deepEqual(lines({}), usual);
  });

  it("makes /sys and the cgroups writable only when privileged, the cgroups also on request", () => {
    const writable = (request: Partial<DefaultMountsRequest>) =>
      lines(request).filter((line) => line.startsWith("/sys") && !/\bro\b/.test(line)).length;
    assert.equal(writable({}), 0);
    assert.equal(writable({ writableCgroups: true }), 1);
    assert.equal(writable({ privileged: true }), 2);
  });

  it("shows the host's cgroups read-only by a bind mount (V15), or none", () => {
    const mountPoint = "/sys/fs/cgroup/unified";
    const bound = `/sys/fs/cgroup bind ${mountPoint} rbind,rprivate,nosuid,noexec,nodev,ro`;
    assert.ok(lines({ cgroup: { kind: "host", mountPoint } }).includes(bound));
    assert.ok(!lines({ cgroup: { kind: "none" } }).some((line) => line.startsWith("/sys/fs/cgroup")));
  });

  it("shares message queues and shared memory with the host, or leaves shared memory out", () => {
    const host = lines({ shm: { kind: "host" } }).slice(-2);
    assert.deepEqual(host, [
      "/dev/mqueue bind /dev/mqueue rbind,rprivate,nosuid,noexec,nodev",
      "/dev/shm bind /dev/shm rbind,rprivate,nosuid,noexec,nodev",
    ]);
    assert.deepEqual(lines({ shm: { kind: "none" } }), usual.slice(0, -1));
  });
});
