import assert from "node:assert/strict";
import test from "node:test";
import type { StepReport } from "../../../../src/launch/stepReport.ts";
import { parseTracedCall } from "../../../../src/launch/verify/tracedCall.ts";
import { verifyJournal } from "../../../../src/launch/verify/verifyJournal.ts";

const hex = (bytes: string) => `"${Buffer.from(bytes, "utf8").toString("hex").replace(/../g, "\\x$&")}"`;
const [monitor, worker, child, tool] = [100, 101, 102, 103];

const lines = new Map<number, readonly string[]>([
  [
    monitor,
    [
      "unshare(0x20000) = 0",
      `execveat(5, "", [${hex("brig-helper")}], [], 0x1000) = 0`,
      `recvfrom(3, ${hex("m")}, 1, 0x2, NULL, NULL) = 1`,
      `openat(-100, ${hex("/run/c")}, 0x90000) = 5`,
      `clone(child_stack=NULL, flags=0x1200000|17, child_tidptr=0x1) = ${worker}`,
      `sendto(3, ${hex("started\0pid=102\0\0")}, 20, 0x4000, NULL, 0) = 20`,
      `setns(9, 0x20000) = 0`,
    ],
  ],
  [
    worker,
    [
      `openat(-100, ${hex("/sys/fs/cgroup/x")}, 0x90000) = 7`,
      `openat2(7, ${hex("memory.max")}, {flags=0x80001, resolve=0x17}, 24) = 8`,
      `write(8, ${hex("67108864")}, 8) = 8`,
      `clone3({flags=0x27c029000, pidfd=0x1, exit_signal=0, cgroup=7} => {pidfd=[31]}, 88) = ${child}`,
      `clone(child_stack=NULL, flags=0x1200000|17, child_tidptr=0x1) = ${tool}`,
    ],
  ],
  [tool, ["setns(30, 0x40000000) = 0", `execve(${hex("/usr/sbin/ip")}, [], []) = 0`, "unshare(0x40000000) = 0"]],
  [
    child,
    [
      `sethostname(${hex('h"ost')}, 5) = 0`,
      `mount_setattr(15, "", 0x9000, {attr_set=0x1, attr_clr=0, propagation=0, userns_fd=4294967295}, 32) = 0`,
      "prctl(0x17, 0x5) = 1",
      "prctl(0x18, 0x5) = 0",
      `execve(${hex("/bin/a")}, [], []) = -1 ENOENT (No such file or directory)`,
      `execve(${hex("/usr/bin/a")}, [], []) = 0`,
      "unshare(0x20000) = 0",
    ],
  ],
]);

function record(process: string, call: string, args: string, result = 0, errno?: string): StepReport {
  const phase = process === "monitor" ? "host" : (process as StepReport["process"]);
  const times = { atNs: 0n, tookNs: 1, why: "" };
  return { step: process, process: phase, call, args, result, ...(errno === undefined ? {} : { errno }), ...times };
}

const journal: readonly StepReport[] = [
  record("monitor", "open", '"/run/c", 0x10000', 5),
  record("host", "open", '"/sys/fs/cgroup/x", 0x10000', 7),
  record("host", "openat2", '7, "memory.max", 0x1, resolve=0x17', 8),
  record("host", "write", 'memory.max, "67108864"', 8),
  record("host", "clone3", "flags=0x27c029000, cgroup=7", child),
  record("child", "sethostname", '"h"ost"'),
  record("host", "run", "/usr/sbin/ip"),
  record("child", "mount_setattr", "15, set=0x1, propagation=0x0, userns=-1"),
  record("init", "prctl", "PR_CAPBSET_DROP, 5"),
  record("init", "execve", '"/bin/a"', -1, "ENOENT"),
];

function verify(records: readonly StepReport[], changed: Partial<Record<number, readonly string[]>> = {}) {
  const calls = [...lines].map(([pid, own]) => {
    const shown = changed[pid] ?? own;
    return [pid, shown.flatMap((line) => parseTracedCall(line) ?? [])] as const;
  });
  return verifyJournal({ records, trace: { helper: monitor, calls: new Map(calls) }, started: true });
}

test("verifyJournal() confirms a journal that tells every call of the helper, and no call of others", () => {
  const { confirmed, relevant, disagreements } = verify(journal);
  assert.deepEqual(disagreements, []);
  assert.deepEqual([confirmed, relevant], [journal.length, 7]);
});

test("verifyJournal() finds a record of which anything is false", () => {
  const falsehoods: readonly Partial<StepReport>[] = [
    { args: 'memory.max, "67108865"' },
    { args: 'memory.high, "67108864"' },
    { result: 7 },
    { result: -1, errno: "EINVAL" },
    { call: "fsopen" },
    { call: "madeUp" },
  ];
  for (const falsehood of falsehoods) {
    const records = journal.map((one) => (one.call === "write" ? { ...one, ...falsehood } : one));
    const [unseen, unrecorded, ...more] = verify(records).disagreements;
    assert.deepEqual(
      [unseen?.kind, unrecorded?.kind, more.length],
      ["unseen", "unrecorded", 0],
      JSON.stringify(falsehood),
    );
    assert.equal(unseen?.kind === "unseen" ? unseen.index : -1, 3);
  }
});

test("verifyJournal() finds any record that is missing, made up, or told in another order", () => {
  for (const [index, left] of journal.entries()) {
    if (["open", "openat2"].includes(left.call)) continue; // files are opened for many reasons
    const { disagreements } = verify(journal.toSpliced(index, 1));
    assert.deepEqual(
      disagreements.map(({ kind }) => kind),
      ["unrecorded"],
      left.call,
    );
  }
  const made = verify([...journal, record("init", "prctl", "PR_SET_NO_NEW_PRIVS, 1")]);
  assert.deepEqual(
    made.disagreements.map(({ kind }) => kind),
    ["unseen"],
  );
  const swapped = journal.with(7, journal[8] as StepReport).with(8, journal[7] as StepReport);
  assert.ok(verify(swapped).disagreements.length > 0);
});

test("verifyJournal() finds a call that the kernel saw and no record tells", () => {
  const extra = 'mount(NULL, "\\x2f", NULL, 0x40000, NULL) = 0';
  const own = lines.get(child) ?? [];
  const [found, ...more] = verify(journal, { [child]: own.toSpliced(2, 0, extra) }).disagreements;
  assert.deepEqual(
    [found, more],
    [{ kind: "unrecorded", pid: child, call: 'mount(NULL, "/", NULL, 0x40000, NULL) = 0' }, []],
  );
});
