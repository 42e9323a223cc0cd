import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { EngineError } from "../../../../src/base/index.ts";
import { parseStat, readProcesses } from "../../../../src/container/top/processTable.ts";
import { terminalName } from "../../../../src/container/top/psColumns.ts";
import { parsePsOptions } from "../../../../src/container/top/psOptions.ts";

const directory = mkdtempSync(join(tmpdir(), "brig-top-"));
after(() => rmSync(directory, { recursive: true, force: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(join(directory, path)), { recursive: true });
  writeFileSync(join(directory, path), text);
}

const id = "a".repeat(64);
const statText = (pid: number, name: string) =>
  `${pid} (${name}) S 7 ${pid} ${pid} 34817 ${pid} 4194560 100 0 0 0 250 50 0 0 20 5 3 0 1000 4096000 25 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0\n`;

function putProcess(
  pid: number,
  { name = "sh", group = `/brig/${id}`, words = "sh\0-c\0sleep 1\0", namespace = "pid:[1]" } = {},
): void {
  put(`proc/${pid}/stat`, statText(pid, name));
  put(`proc/${pid}/status`, `Name:\t${name}\nUid:\t1000\t1001\t1000\t1000\nGid:\t7\t8\t7\t7\n`);
  put(`proc/${pid}/cmdline`, words);
  put(`proc/${pid}/cgroup`, `5:cpu:/\n0::${group}\n`);
  mkdirSync(join(directory, `proc/${pid}/ns`));
  symlinkSync(namespace, join(directory, `proc/${pid}/ns/pid`));
}

putProcess(40, { name: "evil) R 1 (x\u001b" });
putProcess(50, { words: "" });
putProcess(60, { group: "/other/group" });
putProcess(70, { namespace: "pid:[2]" });
put(`cgroup/${id}/cgroup.procs`, "50\n0\n");
put(`cgroup/${id}/inner/cgroup.procs`, "40\n60\n999\n");
const proc = join(directory, "proc");
const cgroup = join(directory, "cgroup", id);

test("readProcesses() finds the processes of the group and the groups below it, and no others", () => {
  const found = readProcesses({ cgroup, firstPid: 50, proc });
  assert.deepEqual(
    found.map(({ pid }) => pid),
    [40, 50],
    "60 has left the group since, 999 has ended",
  );
});

test("readProcesses() finds the processes of the pid namespace where there is no group", () => {
  assert.deepEqual(
    readProcesses({ firstPid: 40, proc }).map(({ pid }) => pid),
    [40, 50, 60],
  );
});

test("readProcesses() of a group that is gone finds nothing", () => {
  assert.deepEqual(readProcesses({ cgroup: join(directory, "cgroup", "gone"), firstPid: 1, proc }), []);
});

test("parseStat() is not misled by a name with parentheses and spaces", () => {
  const stat = parseStat(statText(40, "evil) R 1 (x"));
  assert.deepEqual(
    { name: stat?.name, state: stat?.state, ppid: stat?.ppid, cpuTicks: stat?.cpuTicks, nice: stat?.nice },
    { name: "evil) R 1 (x", state: "S", ppid: 7, cpuTicks: 300, nice: 5 },
  );
  for (const text of ["", "40", "40 (x", "40 (x) S 1"]) assert.equal(parseStat(text), undefined, text);
});

const facts = {
  now: new Date(2026, 2, 1, 12, 0, 0),
  bootMs: new Date(2026, 2, 1, 11, 0, 0).getTime(),
  memoryBytes: 1024 * 1024,
  userNames: new Map([[1001, "app"]]),
};

function show(words: readonly string[], pid = 50): Record<string, string> {
  const [process] = readProcesses({ cgroup, firstPid: 50, proc }).filter((one) => one.pid === pid);
  assert.ok(process);
  return Object.fromEntries(parsePsOptions(words).map(({ title, cell }) => [title, cell(process, facts)]));
}

test("top shows the columns of ps -ef when nothing else is asked", () => {
  const shown = {
    UID: "app",
    PID: "50",
    PPID: "7",
    C: "0",
    STIME: "11:00",
    TTY: "pts/1",
    TIME: "00:00:03",
    CMD: "[sh]",
  };
  assert.deepEqual(show([]), shown);
  assert.deepEqual(show(["-ef"]), show([]));
  assert.deepEqual(show(["-e", "-f"]), show([]));
});

test("top shows the columns of ps aux", () => {
  const titles = "USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND".split(" ");
  assert.deepEqual(Object.keys(show(["aux"])), titles);
  const { STAT, RSS, VSZ, "%MEM": memory } = show(["-aux"]);
  assert.deepEqual({ STAT, RSS, VSZ, memory }, { STAT: "SNsl", RSS: "100", VSZ: "4000", memory: "9.8" });
});

test("top takes lists of columns in every spelling", () => {
  for (const words of [
    ["-o", "pid,args"],
    ["-opid,args"],
    ["-eo", "pid,args"],
    ["-o", "pid", "-o", "args"],
    ["o", "pid,args"],
  ]) {
    assert.deepEqual(show(words, 40), { PID: "40", COMMAND: "sh -c sleep 1" }, words.join(" "));
  }
});

test("top says which options of ps and which columns it does not have", () => {
  const code = (words: readonly string[]) => {
    try {
      parsePsOptions(words);
      return "none";
    } catch (error) {
      return error instanceof EngineError ? error.code : "bug";
    }
  };
  for (const words of [["--forest"], ["-p", "1"], ["-L"], ["; id"], ["-C", "sh"]])
    assert.equal(code(words), "notOffered", words[0]);
  for (const name of ["nope", "__proto__", "constructor", "", "pid=PID"])
    assert.equal(code(["-o", name]), "invalidValue", name);
});

test("terminalName() names pseudo-terminals, consoles and serial lines", () => {
  assert.equal(terminalName(0), "?");
  assert.equal(terminalName((136 << 8) | 3), "pts/3");
  assert.equal(terminalName((137 << 8) | 3), "pts/259");
  assert.equal(terminalName((4 << 8) | 1), "tty1");
  assert.equal(terminalName((4 << 8) | 64), "ttyS0");
});
