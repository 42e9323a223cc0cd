import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test, { after, afterEach, before } from "node:test";
import { readFileIfExists } from "../../../src/base/index.ts";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { servedBusyboxRoot, timeoutMs } from "../../support/busyboxRegistry.ts";
import { groups } from "../../support/machine.ts";
import { monitorOf } from "../../support/monitors.ts";
import { brigPath } from "../../support/projectPaths.ts";
import { removeEvery, startRunning } from "../../support/runningContainer.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await servedBusyboxRoot());
});

afterEach(() => removeEvery(root));

after(() => disposeRoot(root));

const unit = join(groups, "brig.slice/brig.service");
const controllers = ["cpu", "io", "memory", "pids"];

const brig = async (...words: readonly string[]): Promise<string> => (await brigOk(words, { root, timeoutMs })).stdout;
const systemctl = (...words: readonly string[]): string =>
  execFileSync("/usr/bin/systemctl", ["--no-pager", ...words], { encoding: "utf8" });
const systemdRun = (...words: readonly string[]): string =>
  execFileSync("/usr/bin/systemd-run", ["--quiet", "--property=DefaultDependencies=no", ...words], {
    encoding: "utf8",
  });
const show = (name: string, property: string): string =>
  systemctl("show", "--value", `--property=${property}`, name).trim();
const groupOf = async (name: string): Promise<string> => (await brig("inspect", "-f", "{{.Brig.Cgroup}}", name)).trim();
const read = (...parts: readonly string[]): string => readFileSync(join(...parts), "utf8").trim();
const keeper = (of = unit): string => read(of, "keeper/cgroup.procs");

/** No unit of any kind has failed. */
const nothingFailed = () => assert.equal(systemctl("list-units", "--failed", "--no-legend"), "");

function intact(group: string): void {
  for (const directory of [groups, join(groups, "brig.slice"), unit, join(unit, "containers")]) {
    const enabled = read(directory, "cgroup.subtree_control").split(" ");
    for (const name of controllers) assert.ok(enabled.includes(name), `${directory} no longer gives ${name}`);
  }
  assert.equal(read(group, "memory.max"), "67108864");
  assert.equal(read(group, "pids.max"), "20");
}

test("a container's group is below a delegated unit, and keeps controllers and limits whatever systemd does", async () => {
  await startRunning(root, { name: "box", image, flags: ["-m", "64m", "--pids-limit", "20"] });
  const group = await groupOf("box");
  assert.match(group, /^\/sys\/fs\/cgroup\/brig\.slice\/brig\.service\/containers\/[0-9a-f]{64}$/);
  intact(group);
  const pid = Number(await brig("inspect", "-f", "{{.State.Pid}}", "box"));
  assert.equal(`${groups}${read("/proc", String(pid), "cgroup").slice("0::".length)}`, group);
  assert.deepEqual(
    ["Delegate", "TasksMax", "ActiveState", "OOMPolicy"].map((name) => show("brig.service", name)),
    ["yes", "infinity", "active", "continue"],
  );
  assert.match(systemctl("status", "brig.service"), new RegExp(`${group.slice(-64)}\\s+.*${pid} sleep 100000`));
  const before = keeper();
  systemctl("daemon-reload");
  intact(group);
  systemctl("daemon-reexec");
  intact(group);
  systemdRun("--property=Type=oneshot", "--slice=brig.slice", "--property=MemoryMax=100M", "/bin/true");
  intact(group);
  systemdRun("--property=Type=oneshot", "--property=CPUWeight=10", "/bin/true");
  intact(group);
  systemctl("set-property", "--runtime", "brig.slice", "CPUWeight=50");
  intact(group);
  await brig("update", "--pids-limit", "30", "box");
  assert.equal(read(group, "pids.max"), "30");
  assert.equal(keeper(), before);
  assert.equal(await brig("exec", "box", "cat", "/proc/self/cgroup"), "0::/\n");
  await brig("stop", "-t", "0", "box");
  assert.equal(existsSync(group), false);
  await brig("start", "box");
  assert.equal(existsSync(group), true);
  assert.equal(keeper(), before);
  nothingFailed();
});

test("what a slice is limited to holds for the containers that are put in it", async () => {
  systemctl("set-property", "--runtime", "brigtest.slice", "MemoryMax=48M", "MemorySwapMax=0");
  const flags = ["run", "--rm", "--network", "none", "--cgroup-parent", "brigtest-web.slice"];
  const hungry = (size: string) => ["dd", "if=/dev/zero", "of=/dev/null", `bs=${size}`, "count=1"];
  const small = await runBrig([...flags, image, ...hungry("16M")], { root, timeoutMs });
  assert.equal(small.code, 0, small.stderr);
  const large = await runBrig([...flags, image, ...hungry("128M")], { root, timeoutMs });
  assert.equal(large.code, 137, large.stderr);
  await startRunning(root, { name: "box", image, flags: ["--cgroup-parent", "brigtest-web.slice"] });
  const place = "brigtest.slice/brigtest-web.slice/brig-in-brigtest-web.service";
  assert.equal((await groupOf("box")).startsWith(join(groups, place, "containers/")), true);
  assert.equal(show("brig-in-brigtest-web.service", "Slice"), "brigtest-web.slice");
  assert.match(systemctl("status", "brigtest.slice"), /sleep 100000/);
  assert.equal(await brig("inspect", "-f", "{{.HostConfig.CgroupParent}}", "box"), "brigtest-web.slice\n");
  nothingFailed();
});

test("a limit of the container's own is still what ends it, and the unit goes on", async () => {
  const flags = ["--name", "box", "--network", "none", "-m", "32m", "--restart", "on-failure:2"];
  const { code } = await runBrig(["run", ...flags, image, "dd", "if=/dev/zero", "of=/dev/null", "bs=128M", "count=1"], {
    root,
    timeoutMs,
  });
  assert.equal(code, 137);
  assert.equal(await brig("inspect", "-f", "{{.RestartCount}} {{.State.OOMKilled}}", "box"), "2 true\n");
  assert.equal(show("brig.service", "ActiveState"), "active");
  nothingFailed();
});

test("several that ask at once get one unit", async () => {
  const names = ["one", "two", "three", "four"];
  const flags = ["--cgroup-parent", "brigmany.slice"];
  await Promise.all(names.map((name) => startRunning(root, { name, image, flags })));
  const directory = join(groups, "brigmany.slice/brig-in-brigmany.service");
  for (const name of names) assert.equal((await groupOf(name)).startsWith(`${directory}/containers/`), true);
  assert.match(keeper(directory), /^\d+$/);
  nothingFailed();
});

test("the unit cannot be stopped by mistake; containers outlive it, brig says so, and the next start without any gets a new one", async () => {
  await startRunning(root, { name: "box", image, flags: ["-m", "64m"] });
  const group = await groupOf("box");
  assert.match(spawnSync("/usr/bin/systemctl", ["stop", "brig.service"], { encoding: "utf8" }).stderr, /refused/);
  assert.match(await brig("doctor"), /^ok {4}groups of systemd +brig\.service holds/m);
  process.kill(Number(keeper()), "SIGKILL");
  await until(async () => !["active", "deactivating"].includes(show("brig.service", "ActiveState")));
  assert.equal(read(group, "memory.max"), "67108864");
  assert.match((await runBrig(["doctor"], { root, timeoutMs })).stdout, /^warn {2}groups of systemd/m);
  const second = await brigOk(
    ["run", "--rm", "--network", "none", "-m", "32m", image, "cat", "/sys/fs/cgroup/memory.max"],
    {
      root,
      timeoutMs,
    },
  );
  assert.equal(second.stdout, "33554432\n");
  assert.match(second.stderr, /systemd gave no group for brig\.service/);
  await brig("stop", "-t", "0", "box");
  await until(async () => (readFileIfExists(join(unit, "monitors/cgroup.procs")) ?? "") === "");
  await brig("start", "box");
  assert.match(keeper(), /^\d+$/);
  assert.equal(await groupOf("box"), group);
  assert.equal(read(group, "memory.max"), "67108864");
  nothingFailed();
});

test("a container that a service has started keeps its monitor when the service ends", async () => {
  const words = ["run", "-d", "--name", "box", "--network", "none", "--restart", "always"];
  const places = ["--root", root.root, "--run-root", root.runRoot];
  const environment = [`--setenv=HOME=${root.home}`, `--setenv=PATH=${process.env.PATH}`];
  systemdRun("--property=Type=oneshot", ...environment, brigPath, ...places, ...words, image, "sleep", "100000");
  const id = (await brig("inspect", "-f", "{{.Id}}", "box")).trim();
  const monitor = monitorOf(root, id);
  assert.equal(read("/proc", String(monitor), "cgroup"), "0::/brig.slice/brig.service/monitors");
  const pid = Number(await brig("inspect", "-f", "{{.State.Pid}}", "box"));
  process.kill(pid, "SIGKILL");
  await until(async () => (await brig("inspect", "-f", "{{.RestartCount}}", "box")) === "1\n");
  assert.equal(monitorOf(root, id), monitor);
  process.kill(monitor, "SIGKILL");
  await until(async () => !existsSync(`/proc/${monitor}`));
  await brig("ps"); // gives it a new one
  assert.notEqual(monitorOf(root, id), monitor);
  assert.equal(read("/proc", String(monitorOf(root, id)), "cgroup"), "0::/brig.slice/brig.service/monitors");
  nothingFailed();
});

test("a script of unroll makes groups of its own", async () => {
  const script = await brig("unroll", "run", "-m", "32m", image, "true");
  assert.match(script, /\/sys\/fs\/cgroup\/brig\//);
  assert.doesNotMatch(script, /brig\.slice/);
});

test("a path as --cgroup-parent is brig's own to make, and a slice's name cannot lead out of the hierarchy", async () => {
  await startRunning(root, { name: "box", image, flags: ["--cgroup-parent", "/team/web"] });
  assert.match(await groupOf("box"), /^\/sys\/fs\/cgroup\/team\/web\/[0-9a-f]{64}$/);
  const { code, stderr } = await runBrig(["run", "--rm", "--cgroup-parent", "a--b.slice", image, "true"], {
    root,
    timeoutMs,
  });
  assert.equal(code, 125);
  assert.match(stderr, /invalid cgroup parent/);
  assert.match(await brig("info"), /Cgroup Driver: systemd/);
});

/** What happens a little later than we hear of its cause. */
async function until(happened: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 180_000;
  while (!(await happened())) {
    assert.ok(Date.now() < deadline, "it did not happen");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
