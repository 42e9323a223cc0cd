// @regression V81 fork bombs and memory
// @wrong A container without limits took the host with it, or the engine.
// @defence Limits are written before the first process starts, and processes are limited without being asked.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before } from "node:test";
import { splitDeviceNumber } from "../../src/cgroups/blockDevice.ts";
import { type BrigResult, disposeRoot, runBrig, type TestRoot } from "../support/brig.ts";
import { servedBusyboxRoot, timeoutMs } from "../support/busyboxRegistry.ts";
import { disk, groups, machineTest } from "../support/machine.ts";
import { groupDirectories } from "../support/traces.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await servedBusyboxRoot());
});

after(() => disposeRoot(root));

/** `brig run --rm --network none FLAGS busybox sh -c SCRIPT` */
function run(flags: readonly string[], script: string): Promise<BrigResult> {
  return runBrig(["run", "--rm", "--network", "none", ...flags, image, "sh", "-c", script], {
    root,
    timeoutMs,
  });
}

/** The text of a file of the container's own group, read inside. */
async function fileOf(name: string, flags: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(flags, `cat /sys/fs/cgroup/${name}`);
  assert.equal(code, 0, stderr);
  return stdout.trim();
}

const memory = { controllers: ["memory"] };

machineTest("run -m sets memory.max and as much swap", memory, async () => {
  assert.equal(await fileOf("memory.max", ["-m", "64m"]), "67108864");
  assert.equal(await fileOf("memory.swap.max", ["-m", "64m"]), "67108864");
});

machineTest("run --memory-swap counts memory and swap together", memory, async () => {
  assert.equal(await fileOf("memory.swap.max", ["-m", "64m", "--memory-swap", "96m"]), "33554432");
  assert.equal(await fileOf("memory.swap.max", ["-m", "64m", "--memory-swap", "-1"]), "max");
});

machineTest("run --memory-reservation sets memory.low", memory, async () => {
  assert.equal(await fileOf("memory.low", ["--memory-reservation", "32m"]), "33554432");
});

machineTest("run -m has the kernel kill what needs more, and ends with 137", memory, async () => {
  const hungry = "exec dd if=/dev/zero of=/dev/null bs=256M count=1";
  const limited = await run(["-m", "64m"], hungry);
  assert.equal(limited.code, 137, limited.stderr);
  const free = await run([], hungry);
  assert.equal(free.code, 0, free.stderr);
});

machineTest("run -m kills the whole container, not one process of it", memory, async () => {
  const { code, stdout } = await run(["-m", "64m"], "dd if=/dev/zero of=/dev/null bs=256M count=1; echo survived");
  assert.equal(code, 137);
  assert.equal(stdout, "");
});

machineTest("run --cgroup-conf writes the file that it names", memory, async () => {
  assert.equal(await fileOf("memory.high", ["--cgroup-conf", "memory.high=50331648"]), "50331648");
});

machineTest("run --cpus sets cpu.max and holds the container back", { controllers: ["cpu"] }, async () => {
  assert.equal(await fileOf("cpu.max", ["--cpus", "0.5"]), "50000 100000");
  const spin = "timeout 2 sh -c 'while :; do :; done'";
  const { stdout } = await run(
    ["--cpus", "0.5"],
    `cat /proc/uptime; ${spin}; cat /proc/uptime /sys/fs/cgroup/cpu.stat`,
  );
  assert.ok(Number(/^nr_throttled (\d+)$/m.exec(stdout)?.[1]) > 0, stdout);
  const usage = Number(/^usage_usec (\d+)$/m.exec(stdout)?.[1]);
  const [began = Number.NaN, ended = Number.NaN] = [...stdout.matchAll(/^(\d+\.\d+) /gm)].map(([, time]) =>
    Number(time),
  );
  // `timeout` may be late on a busy machine.
  assert.ok(usage < (ended - began) * 800_000, `${usage} us in ${ended - began} s of half a processor`);
});

machineTest("run --cpu-shares sets cpu.weight", { controllers: ["cpu"] }, async () => {
  assert.equal(await fileOf("cpu.weight", ["--cpu-shares", "512"]), "59");
});

machineTest("run --pids-limit refuses the fork above it", { controllers: ["pids"] }, async () => {
  assert.equal(await fileOf("pids.max", ["--pids-limit", "64"]), "64");
  const script = "for n in $(seq 100); do sleep 60 & done";
  const limited = await run(["--pids-limit", "64"], script);
  assert.notEqual(limited.code, 0);
  assert.match(limited.stderr, /can't fork/);
  const free = await run([], script);
  assert.equal(free.code, 0, free.stderr);
});

machineTest("run limits processes without being asked", { controllers: ["pids"] }, async () => {
  assert.equal(await fileOf("pids.max", []), "4096");
  assert.equal(await fileOf("pids.max", ["--pids-limit", "-1"]), "max");
});

machineTest("run --cpuset-cpus keeps the container on its processors", { controllers: ["cpuset"] }, async () => {
  const { code, stdout, stderr } = await run(["--cpuset-cpus", "1"], "nproc; cat /sys/fs/cgroup/cpuset.cpus.effective");
  assert.equal(code, 0, stderr);
  assert.equal(stdout, "1\n1\n");
});

machineTest("run --cpuset-cpus refuses processors that this host has not", { controllers: ["cpuset"] }, async () => {
  for (const cpus of ["7", "0-2147483647"]) {
    const { code, stderr } = await run(["--cpuset-cpus", cpus], "true");
    assert.equal(code, 125, cpus);
    assert.match(stderr, /Requested CPUs are not available|invalid value/);
    assert.doesNotMatch(stderr, /^\s+at /m);
  }
});

machineTest("run --device-write-bps sets io.max and slows writes down", { controllers: ["io", "memory"] }, async () => {
  const { major, minor } = splitDeviceNumber(statSync(disk, { bigint: true }).rdev);
  const flags = ["--device-write-bps", `${disk}:1mb`];
  assert.equal(await fileOf("io.max", flags), `${major}:${minor} rbps=max wbps=1048576 riops=max wiops=max`);
  const volume = join(root.directory, "volume");
  mkdirSync(volume);
  const script =
    "cat /proc/uptime; dd if=/dev/zero of=/data/file bs=1M count=4 conv=fsync 2>/dev/null; cat /proc/uptime";
  const { code, stdout, stderr } = await run([...flags, "-v", `${volume}:/data`], script);
  assert.equal(code, 0, stderr);
  const [start = Number.NaN, end = Number.NaN] = stdout.split("\n").map((line) => Number(line.split(" ")[0]));
  assert.ok(end - start > 2, `4 MiB at 1 MiB/s took ${end - start} s`);
});

machineTest("run --cgroup-parent makes the group below the one it names", { controllers: ["pids"] }, async () => {
  const { code, stderr } = await run(["--cgroup-parent", "/team/web", "--pids-limit", "50"], "true");
  assert.equal(code, 0, stderr);
  assert.deepEqual(subgroups(join(groups, "team/web")), []);
});

machineTest("run leaves no group behind, whatever the container did", { controllers: ["pids"] }, async () => {
  await run([], "sleep 600 & exit 3");
  await run(["--pids-limit", "8"], "for n in $(seq 20); do sleep 600 & done");
  assert.deepEqual(groupDirectories(groups).filter(existsSync).flatMap(subgroups), []);
});

function subgroups(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}
