import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { encodeRequest } from "../../../src/container/attach/frames.ts";
import { dialMonitor } from "../../../src/container/state/dialMonitor.ts";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { busyboxLayout, debianRedisLayout } from "../../support/fixtures.ts";
import { monitorOf } from "../../support/monitors.ts";
import { pulledRoot } from "../../support/pulledRoot.ts";
import { removeRunning, startRunning } from "../../support/runningContainer.ts";
import { eventually } from "../../support/services.ts";
import { cgroupOf, processesWithArgument } from "../../support/traces.ts";

let root: TestRoot;
let busybox: string;
let redis: string;

before(async () => {
  const pulled = await pulledRoot({
    busybox: { layout: await busyboxLayout(), tag: "latest" },
    redis: { layout: await debianRedisLayout(), tag: "latest" },
  });
  root = pulled.root;
  busybox = pulled.reference("busybox");
  redis = pulled.reference("redis");
});

after(() => disposeRoot(root));

interface Health {
  readonly Status: string;
  readonly FailingStreak: number;
  readonly Log: readonly { Start: string; End: string; ExitCode: number; Output: string }[];
}

const inspect = async (name: string, template: string) =>
  (await brigOk(["inspect", "-f", template, name], { root })).stdout.trim();
const healthOf = async (name: string): Promise<Health> => JSON.parse(await inspect(name, "{{json .State.Health}}"));
const until = (name: string, pleases: (health: Health) => boolean) => eventually(() => healthOf(name), pleases);
const status = (wanted: string) => (health: Health) => health.Status === wanted;
const lastOf = ({ Log }: Health) => Log.at(-1);

async function told(name: string, format = "{{.Action}}"): Promise<readonly string[]> {
  const args = ["events", "--since", "1h", "--until", "0s", "-f", `container=${name}`, "--format", format];
  return (await brigOk(args, { root })).stdout.trimEnd().split("\n");
}

const often = ["--health-interval", "100ms"];
const probe = (command: string, ...flags: readonly string[]) => ["--health-cmd", command, ...often, ...flags];

test("a redis becomes healthy by redis-cli ping, and the probe is all that a user sees of it", async () => {
  const server = ["redis-server", "--port", "0", "--unixsocket", "/tmp/r"];
  const flags = probe("redis-cli -s /tmp/r ping | grep PONG", "--health-retries", "100");
  await startRunning(root, { name: "ping", image: redis, flags, command: server });
  try {
    const health = await until("ping", status("healthy"));
    assert.deepEqual([health.FailingStreak, lastOf(health)?.Output], [0, "PONG\n"]);
    assert.match(await inspect("ping", "{{json .Config.Healthcheck}}"), /"Interval":100000000,"Retries":100\}$/);
    const listed = async (...args: readonly string[]) =>
      (await brigOk(["ps", "--format", "{{.Names}} {{.Status}}", ...args], { root })).stdout.trim();
    assert.match(await listed("--filter", "health=healthy"), /^ping Up .* \(healthy\)$/);
    assert.equal(await listed("--filter", "health=unhealthy"), "");
    await brigOk(["stop", "ping"], { root });
    assert.equal(await inspect("ping", "{{.State.Health.Status}}"), "unhealthy");
  } finally {
    await removeRunning(root, "ping");
  }
});

test("it is unhealthy after so many failures in a row, healthy after one success, and tells both", async () => {
  const flags = probe("echo look; test -e /well", "--health-retries", "3");
  await startRunning(root, { name: "thrice", image: busybox, flags });
  try {
    assert.match((await brigOk(["ps"], { root })).stdout, /\(health: starting\)|\(unhealthy\)/);
    const ill = await until("thrice", status("unhealthy"));
    assert.ok(ill.FailingStreak >= 3);
    assert.deepEqual([lastOf(ill)?.ExitCode, lastOf(ill)?.Output], [1, "look\n"]);
    await brigOk(["exec", "thrice", "touch", "/well"], { root });
    assert.equal((await until("thrice", status("healthy"))).FailingStreak, 0);
    const full = await until("thrice", ({ Log }) => Log.length === 5);
    const starts = full.Log.map(({ Start }) => Start);
    assert.deepEqual(starts, starts.toSorted());
    assert.ok(full.Log.every(({ Start, End }) => Start < End));
    const actions = await eventually(
      () => told("thrice"),
      (all) => all.includes("health_status: healthy"),
    );
    const text = "/bin/sh -c echo look; test -e /well";
    const once = [`exec_create: ${text}`, `exec_start: ${text}`, "exec_die"];
    assert.deepEqual(actions.slice(0, 12), ["create", "start", ...once, ...once, ...once, "health_status: unhealthy"]);
    assert.equal(actions.filter((action) => action === "health_status: healthy").length, 1);
    const ids = await told("thrice", "{{.Actor.Attributes.execID}}");
    assert.match(ids[2] ?? "", /^[0-9a-f]{64}$/);
    assert.deepEqual([ids[3], ids[4]], [ids[2], ids[2]]);
    assert.equal(new Set(ids.slice(2, 11)).size, 3);
    assert.equal((await told("thrice", "{{.Actor.Attributes.exitCode}}"))[4], "1");
  } finally {
    await removeRunning(root, "thrice");
  }
});

test("what fails in the start period does not count, and one success ends it", async () => {
  const flags = probe("test -e /well", "--health-start-period", "1h", "--health-start-interval", "100ms");
  await startRunning(root, { name: "young", image: busybox, flags: [...flags, "--health-retries", "1"] });
  try {
    const young = await until("young", ({ Log }) => Log.length >= 2);
    assert.deepEqual([young.Status, young.FailingStreak, lastOf(young)?.ExitCode], ["starting", 0, 1]);
    await brigOk(["exec", "young", "touch", "/well"], { root });
    await until("young", status("healthy"));
    await brigOk(["exec", "young", "rm", "/well"], { root });
    await until("young", status("unhealthy"));
  } finally {
    await removeRunning(root, "young");
  }
});

test("a probe that takes too long is ended with all that it has started, whatever signals it ignores", async () => {
  const long = `54321${process.pid}`;
  const command = `trap '' TERM; echo begun; (setsid sleep ${long} &) ; sleep ${long}`;
  const flags = probe(command, "--health-timeout", "1s", "--health-retries", "1");
  const id = await startRunning(root, { name: "slow", image: busybox, flags });
  try {
    // A probe that the machine was too slow for says nothing, and the next one may.
    const said = "Health check exceeded timeout (1s): begun\n";
    const slow = await until("slow", ({ Log }) => Log.length >= 2 && Log.at(-1)?.Output === said);
    assert.deepEqual([slow.Status, lastOf(slow)?.ExitCode], ["unhealthy", -1]);
    await brigOk(["logs", "slow"], { root }); // the monitor has time for others
    await brigOk(["kill", "slow"], { root });
    await brigOk(["wait", "slow"], { root });
    await eventually(
      async () => processesWithArgument(long).length,
      (count) => count === 0,
    );
    await eventually(
      async () => cgroupOf(id),
      (group) => group === undefined,
    );
  } finally {
    await removeRunning(root, "slow");
  }
});

test("what a probe leaves behind is ended, and only so much of its output is kept", async () => {
  const long = `54322${process.pid}`;
  const command = `yes | head -c 100000; (setsid sleep ${long} &); exit 0`;
  await startRunning(root, { name: "loud", image: busybox, flags: probe(command) });
  try {
    const loud = await until("loud", ({ Log }) => Log.length >= 2);
    assert.equal(lastOf(loud)?.Output, `${"y\n".repeat(2048)}...`);
    await brigOk(["pause", "loud"], { root });
    await eventually(
      async () => processesWithArgument(long).length,
      (count) => count === 0,
    );
    await brigOk(["unpause", "loud"], { root });
  } finally {
    await removeRunning(root, "loud");
  }
});

test("a paused container is not probed, and a probe that a pause has made late does not count", async () => {
  const long = `54324${process.pid}`;
  // As long as a slow machine may take from the begin of a probe to the pause, and no longer than the test can wait.
  const limits = ["--health-timeout", "6s", "--health-retries", "1"];
  const flags = probe(`test -e /slow && exec sleep ${long}; exit 0`, ...limits);
  await startRunning(root, { name: "frozen", image: busybox, flags });
  try {
    await until("frozen", status("healthy"));
    await brigOk(["exec", "frozen", "touch", "/slow"], { root });
    const probes = () => Promise.resolve(processesWithArgument(long).length);
    await eventually(probes, (count) => count === 1);
    await brigOk(["pause", "frozen"], { root });
    const paused = await healthOf("frozen");
    await eventually(probes, (count) => count === 0);
    for (let times = 0; times < 3; times += 1) await brigOk(["ps"], { root }); // longer than several intervals
    assert.deepEqual(await healthOf("frozen"), paused);
    assert.equal(paused.Status, "healthy");
    await brigOk(["unpause", "frozen"], { root });
    await until("frozen", status("unhealthy"));
  } finally {
    await removeRunning(root, "frozen");
  }
});

test("a container that stands still while a probe begins goes on when whoever wanted that is gone", async () => {
  const flags = ["--health-cmd", "exit 0", "--health-interval", "1ms"];
  const id = await startRunning(root, { name: "halted", image: busybox, flags });
  const isFrozen = async () => readFileSync(join(cgroupOf(id) ?? "", "cgroup.events"), "utf8").includes("frozen 1");
  try {
    for (let times = 0; times < 100; times += 1) {
      const socket = await dialMonitor(root.runRoot, id);
      assert.ok(socket);
      socket.write(encodeRequest("freeze", {}));
      await eventually(isFrozen, (frozen) => frozen);
      socket.destroy();
      await eventually(isFrozen, (frozen) => !frozen);
    }
  } finally {
    await removeRunning(root, "halted");
  }
});

test("an unhealthy container is killed, stopped or restarted when that was asked for", async () => {
  const loop = ["sh", "-c", 'trap "exit 7" TERM; touch /dev/shm/up; while :; do sleep 0.05; done'];
  // It fails when the payload is ready for what follows; each start has a /dev/shm of its own.
  const failing = "until test -e /dev/shm/up; do sleep 0.02; done; exit 1";
  const flags = (action: string) => [...probe(failing, "--health-retries", "1"), "--health-on-failure", action];
  const start = (name: string, ...more: readonly string[]) =>
    startRunning(root, { name, image: busybox, flags: [...flags(name), ...more], command: loop });
  try {
    await start("kill");
    assert.equal((await brigOk(["wait", "kill"], { root })).stdout, "137\n");
    await start("stop", "--restart", "always");
    assert.equal((await brigOk(["wait", "stop"], { root })).stdout, "7\n");
    assert.equal(await inspect("stop", "{{.State.Status}}"), "exited");
    await start("restart");
    await eventually(
      () => inspect("restart", "{{.RestartCount}}"),
      (count) => Number(count) >= 2,
    );
    assert.deepEqual((await told("restart")).filter((action) => !action.startsWith("exec")).slice(0, 6), [
      "create",
      "start",
      "health_status: unhealthy",
      "kill",
      "die",
      "start",
    ]);
    await brigOk(["stop", "restart"], { root });
    assert.equal(await inspect("restart", "{{.State.Status}}"), "exited");
  } finally {
    await removeRunning(root, "kill", "stop", "restart");
  }
});

test("a restart starts anew, with the same probe", async () => {
  await startRunning(root, { name: "anew", image: busybox, flags: probe("test -e /tmp/well || touch /tmp/well") });
  try {
    await until("anew", ({ Log }) => Log.length === 5);
    await brigOk(["restart", "-t", "0", "anew"], { root });
    const first = (await until("anew", ({ Log }) => Log.length > 0)).Log[0]?.Start ?? "";
    assert.ok(first > (await inspect("anew", "{{.State.StartedAt}}")));
    await until("anew", status("healthy"));
  } finally {
    await removeRunning(root, "anew");
  }
});

test("a probe runs as exec does: user, variables, directory, capabilities, seccomp, limits", async () => {
  const facts =
    "id -u; pwd; echo $FACT; grep -E '^(NoNewPrivs|Seccomp|Cap[BE])' /proc/self/status; for n in /proc/self/ns/*; do readlink $n; done";
  const flags = [...probe(facts), "-e", "FACT=seen", "-w", "/tmp", "-u", "1000", "--cap-drop", "CHOWN"];
  await startRunning(root, { name: "same", image: busybox, flags });
  try {
    const seen = lastOf(await until("same", ({ Log }) => Log.length > 0));
    const exec = await brigOk(["exec", "same", "sh", "-c", facts], { root });
    assert.equal(seen?.Output, exec.stdout);
  } finally {
    await removeRunning(root, "same");
  }
});

test("a program that is not there is a failure that says so", async () => {
  const tar = await brigOk(["run", "--rm", busybox, "tar", "-c", "-C", "/", "bin"], { root });
  const change = 'HEALTHCHECK --interval=100ms --retries=1 CMD ["curl"]';
  await brigOk(["import", "-c", change, "-c", "CMD sleep 1000", "-", "imported:1"], { root, stdin: tar.stdoutBytes });
  await startRunning(root, { name: "absent", image: "imported:1" });
  try {
    const { ExitCode, Output } = lastOf(await until("absent", status("unhealthy"))) ?? {};
    assert.equal(ExitCode, -1);
    assert.match(Output ?? "", /cannot be executed: no such file/);
    await brigOk(["commit", "-c", "HEALTHCHECK NONE", "absent", "quiet:1"], { root });
    await brigOk(["commit", "absent", "kept:1"], { root });
    const image = async (name: string) =>
      (await brigOk(["inspect", "-f", "{{json .Config.Healthcheck}}", name], { root })).stdout.trim();
    assert.equal(await image("quiet:1"), '{"Test":["NONE"]}');
    assert.equal(await image("kept:1"), '{"Test":["CMD","curl"],"Interval":100000000,"Retries":1}');
  } finally {
    await removeRunning(root, "absent");
  }
});

test("a probe ends with its monitor, and the next monitor begins to probe anew", async () => {
  const long = `54323${process.pid}`;
  const flags = probe(`test -e /hang || exit 1; exec sleep ${long}`, "--health-retries", "1");
  const id = await startRunning(root, { name: "alone", image: busybox, flags });
  const probes = () => Promise.resolve(processesWithArgument(long).length);
  try {
    await until("alone", status("unhealthy"));
    await brigOk(["exec", "alone", "touch", "/hang"], { root });
    await eventually(probes, (count) => count === 1);
    process.kill(monitorOf(root, id), "SIGKILL");
    await eventually(probes, (count) => count === 0);
    assert.equal(await inspect("alone", "{{.State.Status}} {{.State.Health.Status}}"), "running starting");
    await eventually(probes, (count) => count === 1);
  } finally {
    await removeRunning(root, "alone");
  }
});

test("--no-healthcheck turns off what the image says, and conflicting words are refused", async () => {
  await startRunning(root, { name: "off", image: "imported:1", flags: ["--no-healthcheck"] });
  try {
    assert.equal(
      await inspect("off", "{{json .Config.Healthcheck}}{{if .State.Health}}{{.State.Health}}{{end}}"),
      '{"Test":["NONE"]}',
    );
  } finally {
    await removeRunning(root, "off");
  }
  const refused = await runBrig(["run", "--no-healthcheck", "--health-cmd", "x", busybox], { root });
  assert.deepEqual(
    [refused.code, /--no-healthcheck conflicts with --health-\* options/.test(refused.stderr)],
    [125, true],
  );
});

test("no file of the host is executed through a descriptor that a launch holds", async () => {
  assert.ok(existsSync("/usr/bin/env"));
  for (let fd = 3; fd < 12; fd += 1) {
    const path = `/proc/self/fd/${fd}/${"../".repeat(20)}usr/bin/env`;
    const { code, stderr } = await runBrig(["run", "--rm", "--userns", "host", busybox, path], { root });
    assert.equal(code, 127, `${fd}: ${stderr}`);
  }
});
