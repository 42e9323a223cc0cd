import assert from "node:assert/strict";
import test from "node:test";
import { comparePurposes, groupHelperCalls, newRuntimeTrace } from "../../../../src/launch/purpose/compareLaunches.ts";
import { parseTracedCall } from "../../../../src/launch/verify/tracedCall.ts";

const hex = (text: string) => `"${Buffer.from(text, "utf8").toString("hex").replace(/../g, "\\x$&")}"`;
const places = {
  root: "/b/rootfs",
  staging: [],
  own: ["/b/state"],
  group: "/id",
  masked: new Set(["/proc/keys"]),
  readOnly: new Set(["/proc/sys"]),
};

/** The calls of each purpose, as `name` or `name x2`. */
function words(groups: readonly { readonly purpose: string; readonly calls: ReadonlyMap<string, number> }[]) {
  return Object.fromEntries(
    groups.map(({ purpose, calls }) => [purpose, [...calls].map(([name, count]) => `${name} x${count}`).join(", ")]),
  );
}

const runtime = [
  `10 execve(${hex("/usr/sbin/runc")}, [], []) = 0`,
  `10 openat2(-1, ${hex("/sys/fs/cgroup")}, {flags=0x290000, resolve=0}, 24) = 3`,
  `10 mkdirat(-100, ${hex("/sys/fs/cgroup/pids/brig/id")}, 0755) = 0`,
  "10 clone3({flags=0x3d0f00, child_tid=0x1, exit_signal=0, stack=0x1, stack_size=0x1, tls=0x1}, 88) = 11",
  `11 openat2(3, ${hex("pids/brig/id/cgroup.procs")}, {flags=0x80001, resolve=0xa}, 24) = 8`,
  `10 write(8, ${hex("17")}, 2) = 2`,
  `11 openat2(3, ${hex("devices/brig/id/devices.allow")}, {flags=0x80001, resolve=0xa}, 24) = 9`,
  `11 write(9, ${hex("c 1:3 rwm")}, 9) = 9`,
  `11 write(1, ${hex("cgroup.procs")}, 12) = 12`,
  // the child's first call is told before its parent's has returned
  `20 openat(-100, ${hex("/b/rootfs/proc")}, 0x200000) = 6`,
  "10 clone(child_stack=NULL, flags=0x8000|17) = 20",
  "20 unshare(0x6c020000) = 0",
  `20 mount(${hex("")}, ${hex("/")}, 0xc0, 0x44000, NULL) = 0`,
  `20 mount(${hex("/b/rootfs")}, ${hex("/b/rootfs")}, 0xc0, 0x5000, NULL) = 0`,
  `20 mount(${hex("/proc/self/exe")}, ${hex("/b/state/x/runc.a")}, 0xc0, 0x1000, NULL) = 0`,
  `20 mount(${hex("proc")}, ${hex("/proc/self/fd/6")}, ${hex("proc")}, 0xe, NULL) = 0`,
  `20 mknodat(-100, ${hex("/b/rootfs/dev/null")}, 020666, 0x103) = 0`,
  `20 execveat(6, "", [], [], 0x1000) = 0`,
  `20 pivot_root(${hex(".")}, ${hex(".")}) = 0`,
  `20 mount(${hex("/dev/null")}, ${hex("/proc/keys")}, 0xc0, 0x1000, NULL) = 0`,
  `20 mount(${hex("/dev/null")}, ${hex("/proc/kcore")}, 0xc0, 0x1000, NULL) = -1 ENOENT (No such file or directory)`,
  "20 seccomp(0x1, 0x4, NULL) = -1 EFAULT (Bad address)",
  "20 seccomp(0x2, 0, [0x7ffc0000]) = 0",
  "20 prctl(0x16, 0x2, {len=1, filter=[BPF_STMT(0|0|0x20, 0x4)]}) = 0",
  '20 sendto(6, [{nlmsg_len=32, nlmsg_type=0x10, nlmsg_flags=0x5, nlmsg_seq=2, nlmsg_pid=0}, "\\x00\\x00\\x00\\x00\\x01\\x00\\x00\\x00\\x01\\x00\\x00\\x00\\x01\\x00\\x00\\x00"], 32, 0, {sa_family=0x10, nl_pid=0, nl_groups=00000000}, 12) = 32',
  '20 sendto(6, [{nlmsg_len=32, nlmsg_type=0x10, nlmsg_flags=0x5, nlmsg_seq=2, nlmsg_pid=0}, "\\x00"], 32, 0, {sa_family=0x10, nl_pid=0, nl_groups=00000000}, 12) = 32',
  `20 execve(${hex("/bin/true")}, [], []) = 0`,
  "20 setsid() = 20",
];

function traced(lines: readonly string[]) {
  const trace = newRuntimeTrace(places);
  for (const line of lines) trace.take(line);
  return trace;
}

test("newRuntimeTrace() groups calls by their purpose, whatever descriptors and temporary places they name", () => {
  const trace = traced(runtime);
  assert.ok(trace.executed());
  const { groups, relevant, total } = trace.result();
  assert.deepEqual(words(groups), {
    "group and its first process": "mkdirat x1, write x1",
    "device rules": "write x1",
    "new mount namespace": "unshare x1",
    "new network namespace": "unshare x1",
    "new uts namespace": "unshare x1",
    "new ipc namespace": "unshare x1",
    "new pid namespace": "unshare x1",
    "no mount travels to the host": "mount x1",
    "root file system": "mount x1",
    "mount /proc": "mount x1",
    "device /dev/null": "mknodat x1",
    "change of the root": "pivot_root x1",
    "hide /proc/keys": "mount x1",
    "system-call filter": "prctl x1",
    "loopback interface up": "sendto x1",
    "the command": "execve x1",
  });
  assert.deepEqual([relevant, total], [13, runtime.length - 1]);
});

test("newRuntimeTrace() ends with the command, and not with a copy of the runtime", () => {
  assert.equal(traced(runtime.slice(0, -2)).executed(), false);
  const hostile = `20 setxattr(${hex("/b/rootfs/\n20 pivot_root() = 0")}, 1) = 0`;
  assert.equal(traced([hostile, `20 execve(${hex("/proc/self/exe")}, [], []) = 0`]).executed(), false);
});

const helper = new Map([
  [
    30,
    [
      `recvfrom(3, ${hex("m")}, 1, 0x2, NULL, NULL) = 1`,
      `openat(-100, ${hex("/run/box/out")}, 0x90000) = 5`,
      `mknodat(5, ${hex("stdout")}, 010600, 0) = 0`,
      `mkdirat(-100, ${hex("/sys/fs/cgroup/unified/brig/own")}, 0755) = 0`,
      `open_tree(-100, ${hex("/dev/null")}, 0x1) = 19`,
      `fsopen(${hex("overlay")}, 0x1) = 28`,
      `fsconfig(28, 0x1, ${hex("lowerdir")}, ${hex("a")}, 0) = 0`,
      "fsmount(28, 0x1, 0x4) = 29",
      "clone3({flags=0x26c029000, exit_signal=0, cgroup=15}, 88) = 31",
      `mount_setattr(19, "", 0x1000, {attr_set=0x1, attr_clr=0, propagation=0, userns_fd=0}, 32) = 0`,
    ],
  ],
  [
    31,
    [
      `fsopen(${hex("proc")}, 0x1) = 6`,
      "fsconfig(6, 0x6, NULL, NULL, 0) = 0",
      "fsmount(6, 0x1, 0xe) = 7",
      `openat2(15, ${hex("/proc")}, {flags=0x200000, resolve=0x16}, 24) = 8`,
      `move_mount(7, "", 8, "", 0x44) = 0`,
      `openat2(7, ${hex("sys/net/ipv4/ip_forward")}, {flags=0x1, resolve=0x17}, 24) = 9`,
      `write(9, ${hex("1")}, 1) = 1`,
      `openat2(15, ${hex("/dev/null")}, {flags=0x200000, resolve=0x16}, 24) = 9`,
      `move_mount(19, "", 9, "", 0x44) = 0`,
      `pivot_root(${hex(".")}, ${hex(".")}) = 0`,
      `execve(${hex("/bin/true")}, [], []) = 0`,
      "setsid() = 1",
    ],
  ],
]);

function grouped(processes: ReadonlyMap<number, readonly string[]>) {
  const calls = new Map(
    [...processes].map(([pid, lines]) => [pid, lines.flatMap((line) => parseTracedCall(line) ?? [])] as const),
  );
  return groupHelperCalls({ helper: 30, calls }, { ...places, root: "", own: ["/run/box"], group: "/own" });
}

const ownLaunch = grouped(helper);

test("groupHelperCalls() gives all that makes a mount to the place where that goes", () => {
  assert.deepEqual(words(ownLaunch.groups), {
    "group and its first process": "mkdirat x1, clone3 x1",
    "root file system": "fsopen x1, fsconfig x1, fsmount x1",
    "new mount namespace": "clone3 x1",
    "new pid namespace": "clone3 x1",
    "new network namespace": "clone3 x1",
    "new uts namespace": "clone3 x1",
    "new ipc namespace": "clone3 x1",
    "mount /proc": "fsopen x1, fsconfig x1, fsmount x1, move_mount x1",
    "net.ipv4.ip_forward": "write x1",
    "device /dev/null": "open_tree x1, mount_setattr x1, move_mount x1",
    "change of the root": "pivot_root x1",
    "the command": "execve x1",
  });
  assert.deepEqual([ownLaunch.relevant, ownLaunch.total], [15, 21]);
});

test("groupHelperCalls() knows that the command was executed when the tracer let go before it saw that", () => {
  const child = helper.get(31) ?? [];
  const cut = [...child.slice(0, -2), `execve(${hex("/bin/true")}, [], [] <detached ...>`];
  const { groups, total } = grouped(new Map([...helper, [31, cut]]));
  assert.equal(words(groups)["the command"], "execve x1");
  assert.equal(total, ownLaunch.total);
});

test("comparePurposes() sets both sides beside each other in the order of the phases", () => {
  const rows = comparePurposes(traced(runtime).result(), ownLaunch);
  const phases = rows.map(({ phase }) => phase);
  assert.deepEqual(
    [...new Set(phases)],
    ["cgroup", "namespaces", "root", "mounts", "settings", "privileges", "payload"],
  );
  const sides = (purpose: string) => {
    const row = rows.find((one) => one.purpose === purpose);
    return [[...(row?.runc.keys() ?? [])], [...(row?.brig.keys() ?? [])]];
  };
  assert.deepEqual(sides("device /dev/null"), [["mknodat"], ["open_tree", "mount_setattr", "move_mount"]]);
  assert.deepEqual(sides("hide /proc/keys"), [["mount"], []]);
  assert.deepEqual(sides("net.ipv4.ip_forward"), [[], ["write"]]);
  assert.equal(new Set(rows.map(({ purpose }) => purpose)).size, rows.length);
});
