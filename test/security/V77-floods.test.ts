// @regression V77 CVE-2022-1708, CVE-2022-31030
// @wrong The output of a command in a container filled the memory or the disk of what stays with it.
// @defence Pipes are bounded and hold the writer back, output of exec is kept nowhere, and logs are rotated without being asked.
// @regression V79 CVE-2018-20699, CVE-2021-21285
// @wrong A number as large as a set of processors, or a document of the wrong shape, ended the engine.
// @defence Ranges are checked as numbers, documents are parsed to types, and every refusal is a sentence with status 125.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { brigOk, createRoot, disposeRoot, runBrig, type TestRoot } from "../support/brig.ts";
import { BrigProcess } from "../support/brigProcess.ts";
import { importHostile, quietRun } from "../support/hostileImage.ts";
import { monitorOf, privateMemoryKib } from "../support/monitors.ts";
import { removeRunning, startRunning } from "../support/runningContainer.ts";
import { eventually } from "../support/services.ts";

let root: TestRoot;

before(async () => {
  root = createRoot();
  await importHostile(root, { name: "box" });
});
after(() => disposeRoot(root));

function bytesBelow(directory: string): number {
  const files = readdirSync(directory, { recursive: true, encoding: "utf8" });
  return files.reduce((sum, name) => sum + (statSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0), 0);
}

/** What a process has written so far; proc_pid_io(5). */
const written = (pid: number) => Number(/^wchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, "utf8"))?.[1]);

/** Waits until the process stands still: twice the same count, and more than nothing. */
async function stalled(pid: number): Promise<number> {
  for (let before = -1; ; ) {
    const count = written(pid);
    if (count > 0 && count === before) return count;
    before = count;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

test("V77: a command that writes without end to nobody is held back, and takes neither memory nor disk", async () => {
  const id = await startRunning(root, { name: "flood", image: "box" });
  const before = bytesBelow(root.directory);
  const brig = new BrigProcess(["exec", "flood", "sh", "-c", "echo begun; exec yes floods"], root);
  try {
    await brig.waitForOutput(/begun/);
    brig.child.stdout.pause();
    const { stdout } = await eventually(
      () => brigOk(["top", "flood", "-o", "pid,comm"], { root }),
      (listed) => /\d+\s+yes/.test(listed.stdout),
    );
    const pid = Number(/(\d+)\s+yes/.exec(stdout)?.[1]);
    await stalled(pid);
    assert.ok(privateMemoryKib(monitorOf(root, id)) < 4096);
    assert.ok(bytesBelow(root.directory) - before < 1 << 20);
  } finally {
    brig.dispose();
    await removeRunning(root, "flood");
  }
});

test("V77: a log ends where it is told to, whatever is written", async () => {
  const flags = ["--log-opt", "max-size=256k", "--log-opt", "max-file=2"];
  const command = ["sh", "-c", "yes 'a line of a flood' | head -c 6000000"];
  const id = await startRunning(root, { name: "log", image: "box", flags, command });
  await brigOk(["wait", "log"], { root });
  const size = bytesBelow(join(root.root, "containers", id));
  assert.ok(size > 100_000 && size < 1_200_000, String(size));
  await removeRunning(root, "log");
});

const longest = "9".repeat(10_000);
const words: readonly (readonly string[])[] = [
  ["--cpuset-cpus", "0-2147483647"],
  ["--cpuset-cpus", `0-${longest}`],
  ["--cpuset-mems", "0,".repeat(50_000)],
  ["--memory", `${longest}g`],
  ["--cpus", "1e999"],
  ["--pids-limit", longest],
  ["--shm-size", "-1"],
  ["--ulimit", `nofile=${longest}`],
  ["--stop-timeout", longest],
  ["--cap-add", "x".repeat(100_000)],
  ["--device", "/dev/does-not-exist"],
  ["--security-opt", "seccomp=/dev/zero"],
];

test("V79: impossible words are refused with a sentence, at once, and without a stack", async () => {
  for (let from = 0; from < words.length; from += 4) {
    const some = words.slice(from, from + 4);
    const ends = await Promise.all(
      some.map((flags) => runBrig([...quietRun, ...flags, "box", "true"], { root, timeoutMs: 120_000 })),
    );
    for (const [index, { code, stderr }] of ends.entries()) {
      const what = `${some[index]?.join(" ").slice(0, 60)}: ${code} ${stderr.slice(0, 500)}`;
      assert.equal(code, 125, what);
      assert.match(stderr, /^(brig: |invalid argument ")/, what);
      assert.ok(stderr.length < 200_000 && !/\n {4}at /.test(stderr), what);
    }
  }
  assert.equal((await brigOk(["ps", "-aq"], { root })).stdout, "");
});
