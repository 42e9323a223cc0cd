import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { after, afterEach, before } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { splitDeviceNumber } from "../../src/cgroups/blockDevice.ts";
import { type BrigResult, brigOk, disposeRoot, runBrig, type TestRoot } from "../support/brig.ts";
import { servedBusyboxRoot, timeoutMs } from "../support/busyboxRegistry.ts";
import { disk, loadModule, machineTest } from "../support/machine.ts";
import { removeEvery, startRunning } from "../support/runningContainer.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await servedBusyboxRoot());
});

afterEach(() => removeEvery(root));

after(() => disposeRoot(root));

const mebi = 1024 * 1024;
const brig = async (...words: readonly string[]): Promise<string> => (await brigOk(words, { root, timeoutMs })).stdout;
const run = (flags: readonly string[], script: string): Promise<BrigResult> =>
  runBrig(["run", "--rm", "--network", "none", ...flags, image, "sh", "-c", script], { root, timeoutMs });
const start = (name: string, flags: readonly string[], script = "exec sleep 100000") =>
  startRunning(root, { name, image, flags, command: ["sh", "-c", script] });
const groupOf = async (name: string): Promise<string> => (await brig("inspect", "-f", "{{.Brig.Cgroup}}", name)).trim();
const read = (...parts: readonly string[]): string => readFileSync(join(...parts), "utf8").trim();
/** The number behind a word in a flat file of the kernel's, such as memory.stat. */
const numberOf = (text: string, word: string): number => {
  const found = new RegExp(`^${word} (\\d+)$`, "m").exec(text)?.[1];
  assert.ok(found !== undefined, `there is no ${word} in ${text}`);
  return Number(found);
};

const memory = { controllers: ["memory"] };
const hungry = (size: string) => `dd if=/dev/zero of=/dev/null bs=${size} count=1`;

machineTest("memory.high holds a container back that is above it, and kills nothing", memory, async () => {
  const script = `${hungry("24M")} && cat /sys/fs/cgroup/memory.events`;
  const { code, stdout, stderr } = await run(["-m", "64m", "--cgroup-conf", "memory.high=16777216"], script);
  assert.equal(code, 0, stderr);
  assert.ok(numberOf(stdout, "high") > 0, stdout);
  assert.equal(numberOf(stdout, "oom_kill"), 0);
  const free = await run(["-m", "64m"], script);
  assert.equal(numberOf(free.stdout, "high"), 0, free.stderr);
});

machineTest("--memory-reservation keeps a container its memory when that of others is taken back", memory, async () => {
  const fill = "dd if=/dev/zero of=/file bs=1M count=16 conv=fsync 2>/dev/null; echo full; exec sleep 100000";
  await start("kept", ["--memory-reservation", "64m"], fill);
  await start("plain", [], fill);
  const groups = await Promise.all(["kept", "plain"].map(groupOf));
  for (const name of ["kept", "plain"]) while (!(await brig("logs", name)).includes("full")) await delay(50);
  const cached = () => groups.map((group) => numberOf(read(group, "memory.stat"), "file"));
  const [keptBefore = 0, plainBefore = 0] = cached();
  assert.ok(keptBefore >= 16 * mebi && plainBefore >= 16 * mebi, `${keptBefore} ${plainBefore}`);
  writeFileSync(join(dirname(groups[0] ?? ""), "memory.reclaim"), "10M");
  const [kept = 0, plain = 0] = cached();
  assert.ok(plain <= plainBefore - 8 * mebi, `the plain one has ${plain} of ${plainBefore}`);
  assert.ok(kept >= keptBefore - mebi, `the other one has ${kept} of ${keptBefore}`);
});

machineTest("--memory-swap is what a container may have beyond its memory, and no more", memory, async (t) => {
  const file = "/disk/swap";
  execFileSync("/bin/busybox", ["dd", "if=/dev/zero", `of=${file}`, "bs=1M", "count=128"], { stdio: "ignore" });
  execFileSync("/bin/busybox", ["mkswap", file], { stdio: "ignore" });
  execFileSync("/bin/busybox", ["swapon", file]);
  t.after(() => {
    execFileSync("/bin/busybox", ["swapoff", file]);
    rmSync(file);
  });
  const limits = (swap: string) => ["-m", "32m", "--memory-swap", swap];
  const enough = await run(limits("96m"), `${hungry("48M")} && cat /sys/fs/cgroup/memory.events`);
  assert.equal(enough.code, 0, enough.stderr);
  assert.equal(numberOf(enough.stdout, "oom_kill"), 0);
  for (const swap of ["32m", "40m"]) assert.equal((await run(limits(swap), hungry("48M"))).code, 137, swap);
});

machineTest("an end by want of memory is told from one by a signal", memory, async () => {
  await start("hungry", ["-m", "32m"], hungry("64M"));
  await start("killed", ["-m", "32m"]);
  await start("bystander", ["-m", "32m"]);
  await brig("kill", "killed");
  await brig("wait", "hungry", "killed");
  const format = "{{.State.OOMKilled}} {{.State.ExitCode}} {{.State.Status}}";
  const ends = await Promise.all(["hungry", "killed", "bystander"].map((name) => brig("inspect", "-f", format, name)));
  assert.deepEqual(ends, ["true 137 exited\n", "false 137 exited\n", "false 0 running\n"]);
  const told = await brig(
    "events",
    "--since",
    "1h",
    "--until",
    "0s",
    "--filter",
    "event=oom",
    "--format",
    "{{.Actor.Attributes.name}}",
  );
  const names = told.split("\n").filter((name) => ["hungry", "killed", "bystander"].includes(name));
  assert.deepEqual(names, ["hungry"]);
  assert.match(await brig("why", "hungry"), /memory/);
});

machineTest(
  "memory that a command of exec asks for ends the container it is in, and is told as its end",
  memory,
  async () => {
    await start("box", ["-m", "32m"]);
    await runBrig(["exec", "box", "sh", "-c", hungry("64M")], { root, timeoutMs });
    assert.equal(await brig("wait", "box"), "137\n");
    assert.equal(await brig("inspect", "-f", "{{.State.OOMKilled}}", "box"), "true\n");
  },
);

const spin = "while :; do :; done";

machineTest("--cpu-shares divides a processor that two containers want", { controllers: ["cpu"] }, async () => {
  const cpus = existsSync("/sys/fs/cgroup/cpuset.cpus.effective") ? ["--cpuset-cpus", "0"] : []; // or there is only one
  await Promise.all([
    start("much", ["--cpu-shares", "2048", ...cpus], spin),
    start("little", ["--cpu-shares", "256", ...cpus], spin),
  ]);
  const groups = await Promise.all(["much", "little"].map(groupOf));
  const usage = () => groups.map((group) => numberOf(read(group, "cpu.stat"), "usage_usec"));
  const [muchBefore = 0, littleBefore = 0] = usage();
  for (;;) {
    const [much = 0, little = 0] = usage().map((now, index) => now - ([muchBefore, littleBefore][index] ?? 0));
    if (much + little < 2_000_000) {
      await delay(50);
      continue;
    }
    assert.ok(much > 4 * little, `${much} us and ${little} us, with eight times the shares`);
    break;
  }
});

machineTest(
  "--cpu-quota and --cpu-period set cpu.max, also of a container that runs",
  { controllers: ["cpu"] },
  async () => {
    await start("box", ["--cpu-period", "50000", "--cpu-quota", "40000"], spin);
    const group = await groupOf("box");
    assert.equal(read(group, "cpu.max"), "40000 50000");
    await brig("update", "--cpu-quota", "10000", "box");
    assert.equal(read(group, "cpu.max"), "10000 50000");
    const [began, before] = [process.hrtime.bigint(), numberOf(read(group, "cpu.stat"), "nr_throttled")];
    while (numberOf(read(group, "cpu.stat"), "nr_throttled") < before + 20) await delay(50);
    assert.ok(process.hrtime.bigint() - began > 900_000_000n, "20 periods of 50 ms each");
  },
);

machineTest("--cpuset-cpus and --cpuset-mems hold for a container that runs", { controllers: ["cpuset"] }, async () => {
  await start("box", ["--cpuset-cpus", "0-1", "--cpuset-mems", "0"]);
  const group = await groupOf("box");
  const pid = (await brig("inspect", "-f", "{{.State.Pid}}", "box")).trim();
  const allowed = (what: string) =>
    new RegExp(`^${what}_allowed_list:\\s*(.*)$`, "m").exec(read("/proc", pid, "status"))?.[1];
  assert.deepEqual([allowed("Cpus"), allowed("Mems")], ["0-1", "0"]);
  await brig("update", "--cpuset-cpus", "1", "box");
  assert.deepEqual([read(group, "cpuset.cpus"), allowed("Cpus")], ["1", "1"]);
  assert.equal(await brig("exec", "box", "nproc"), "1\n");
  const refused = await runBrig(["update", "--cpuset-mems", "7", "box"], { root, timeoutMs });
  assert.notEqual(refused.code, 0);
  assert.match(refused.stderr, /Requested memory nodes are not available - requested 7, available: 0/);
});

const throttled = { controllers: ["io", "memory"] };

machineTest(
  "--device-write-iops sets io.max and makes writes wait; all four rates stand beside each other",
  throttled,
  async () => {
    const { major, minor } = splitDeviceNumber(statSync(disk, { bigint: true }).rdev);
    const rates = [
      ["--device-read-bps", "8mb"],
      ["--device-write-bps", "4mb"],
      ["--device-read-iops", "100"],
      ["--device-write-iops", "2"],
    ].flatMap(([flag = "", rate]) => [flag, `${disk}:${rate}`]);
    const volume = join(root.directory, "volume");
    mkdirSync(volume, { recursive: true });
    const script =
      "cat /sys/fs/cgroup/io.max /proc/uptime; for n in 1 2 3 4 5 6; do dd if=/dev/zero of=/data/$n bs=4k count=1 conv=fsync 2>/dev/null; done; cat /proc/uptime";
    const { code, stdout, stderr } = await run([...rates, "-v", `${volume}:/data`], script);
    assert.equal(code, 0, stderr);
    const [max, began = "", ended = ""] = stdout.split("\n");
    assert.equal(max, `${major}:${minor} rbps=8388608 wbps=4194304 riops=100 wiops=2`);
    const seconds = Number(ended.split(" ")[0]) - Number(began.split(" ")[0]);
    assert.ok(seconds > 2, `6 writes at 2 a second took ${seconds} s`);
  },
);

/** Kernels whose BFQ does not weigh groups lack the cost model, too, which has files in the root group. */
const weighing = { controllers: ["io"], files: ["io.cost.qos"] };

/** That a disk is divided so is for real hardware: an emulated processor leaves it idle between two writes. */
machineTest("--blkio-weight is what the scheduler weighs a container by, also after an update", weighing, async (t) => {
  assert.ok(loadModule("bfq"));
  const scheduler = `/sys/block/${basename(disk)}/queue/scheduler`;
  const was = /\[(.+)\]/.exec(readFileSync(scheduler, "utf8"))?.[1] ?? "none";
  writeFileSync(scheduler, "bfq");
  t.after(() => writeFileSync(scheduler, was));
  await start("weighed", ["--blkio-weight", "300"], "sleep 1000");
  const group = await groupOf("weighed");
  assert.equal(read(group, "io.bfq.weight"), "default 300");
  await brig("update", "--blkio-weight", "70", "weighed");
  assert.equal(read(group, "io.bfq.weight"), "default 70");
});

machineTest("--cgroup-conf hugetlb limits pages that a container reserves", { controllers: ["hugetlb"] }, async (t) => {
  const [pages, pool] = ["/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "/mnt/huge"];
  writeFileSync(pages, "8");
  t.after(() => writeFileSync(pages, "0"));
  mkdirSync(pool, { recursive: true });
  execFileSync("mount", ["-t", "hugetlbfs", "-o", "pagesize=2M", "hugetlbfs", pool]);
  t.after(() => execFileSync("umount", [pool]));
  const use =
    "busybox fallocate -l 4194304 /huge/file && echo reserved; rm -f /huge/file; cat /sys/fs/cgroup/hugetlb.2MB.max";
  const flags = ["--userns", "host", "-v", `${pool}:/huge`];
  const limited = await run([...flags, "--cgroup-conf", "hugetlb.2MB.max=2097152"], use);
  assert.equal(limited.stdout, "2097152\n", limited.stderr);
  const free = await run([...flags, "--cgroup-conf", "hugetlb.2MB.max=8388608"], use);
  assert.equal(free.stdout, "reserved\n8388608\n", free.stderr);
});

/** What `stats` shows of a size, as Docker writes it: `1.5MiB`, `12.3kB`. */
function bytesOf(text: string): number {
  const [, digits, unit = ""] = /^([\d.]+)(B|kB|MB|GB|KiB|MiB|GiB)$/.exec(text) ?? [];
  const units = new Map([
    ["B", 1],
    ["kB", 1000],
    ["MB", 1e6],
    ["GB", 1e9],
    ["KiB", 1024],
    ["MiB", mebi],
    ["GiB", mebi * 1024],
  ]);
  return Number(digits) * (units.get(unit) ?? Number.NaN);
}

machineTest("stats says what the kernel counts", { controllers: ["cpu", "io", "memory", "pids"] }, async () => {
  const fill =
    "dd if=/dev/zero of=/file bs=1M count=8 conv=fsync 2>/dev/null; sleep 100000 & sleep 100000 & echo full; wait";
  await start("still", ["-m", "64m", "--pids-limit", "50"], fill);
  await start("half", ["--cpus", "0.5"], spin);
  while (!(await brig("logs", "still")).includes("full")) await delay(50);
  const group = await groupOf("still");
  const { major, minor } = splitDeviceNumber(statSync(disk, { bigint: true }).rdev);
  const rows = (await brig("stats", "--no-stream", "--format", "json", "still", "half")).trim().split("\n");
  const [still, half] = rows.map((line) => JSON.parse(line) as Record<string, string>); // our own output
  const near = (text: string | undefined, counted: number) => {
    const shown = bytesOf(text ?? "");
    assert.ok(Math.abs(shown - counted) <= counted * 0.02 + 65_536, `${text} is shown, ${counted} counted`);
  };
  const [used, limit] = (still?.MemUsage ?? "").split(" / ");
  near(used, Number(read(group, "memory.current")) - numberOf(read(group, "memory.stat"), "inactive_file"));
  assert.equal(limit, "64MiB");
  assert.equal(still?.PIDs, read(group, "pids.current"));
  assert.equal(still?.PIDs, "3");
  const written = new RegExp(`^${major}:${minor} .*wbytes=(\\d+)`, "m").exec(read(group, "io.stat"))?.[1];
  near((still?.BlockIO ?? "").split(" / ")[1], Number(written));
  assert.ok(Number(written) >= 8 * mebi, `${written} bytes written`);
  const share = Number.parseFloat(half?.CPUPerc ?? "");
  assert.ok(share > 10 && share < 65, `${half?.CPUPerc} of a processor, of which it may have half`);
});
