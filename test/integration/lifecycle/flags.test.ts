import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";
import { removeRunning, startRunning, touchInside } from "../../support/runningContainer.ts";
import { eventually } from "../../support/services.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
});

after(() => disposeRoot(root));

/** A file limit that every caller may set, so that brig has nothing to tell on stderr. */
const flags = ["--network", "none", "--ulimit", "nofile=1024:1024"];
const run = (...args: readonly string[]) => runBrig(["run", ...flags, ...args], { root });
const out = async (...args: readonly string[]) => (await brigOk(args, { root })).stdout.trim();

test("--oom-score-adj is what the payload has", async () => {
  const { stdout, stderr } = await run("--rm", "--oom-score-adj", "300", image, "cat", "/proc/self/oom_score_adj");
  assert.deepEqual([stdout, stderr], ["300\n", ""]);
});

const restarts = "{{.RestartCount}} {{.State.Status}}";

test("update --restart reaches the monitor of a container that runs", async () => {
  const command = ["sh", "-c", "until test -e /end; do sleep 0.05; done; rm /end; exit 3"];
  const id = await startRunning(root, { name: "policy", image, command });
  const wait = (wanted: string) =>
    eventually(
      () => out("inspect", "-f", restarts, "policy"),
      (now) => now === wanted,
    );
  try {
    assert.equal(await out("update", "--restart", "on-failure:1", "policy", id), `policy\n${id}`);
    assert.equal(
      await out("inspect", "-f", "{{json .HostConfig.RestartPolicy}}", id),
      '{"Name":"on-failure","MaximumRetryCount":1}',
    );
    await touchInside(root, "policy", "/end");
    await wait("1 running");
    await brigOk(["update", "--restart", "no", "policy"], { root });
    await touchInside(root, "policy", "/end");
    await wait("1 exited");
    // Of a container that does not run it is the next start that has the policy.
    await brigOk(["update", "--restart", "on-failure:2", "policy"], { root });
    await brigOk(["start", "policy"], { root });
    await touchInside(root, "policy", "/end");
    await wait("1 running");
    const events = await out(
      "events",
      "--since",
      "1h",
      "--until",
      "0s",
      "--filter",
      "event=update",
      "--format",
      "{{.Action}}",
    );
    assert.equal(events, "update\nupdate\nupdate\nupdate");
  } finally {
    await removeRunning(root, "policy");
  }
});

test("update refuses in Docker's words, and changes nothing", async () => {
  const gone = ["run", "-d", "--rm", "--name", "gone", ...flags, image, "sleep", "1000"];
  await brigOk(gone, { root });
  try {
    const before = await out("inspect", "gone");
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [[], /^brig: you must provide one or more flags when using this command\n/],
      [["--restart", "always"], /Restart policy cannot be updated because AutoRemove is enabled for the container/],
      [["-m", "64m", "--memory-swap", "32m"], /Minimum memoryswap limit should be larger than memory limit, see usage/],
      [["-m", "1m"], /Minimum memory limit allowed is 6MB/],
      [["--cpus", "0.5", "--cpu-quota", "5000"], /Conflicting options/],
    ];
    for (const [words, sentence] of cases) {
      const { code, stderr } = await runBrig(["update", ...words, "gone"], { root });
      assert.equal(code, 1, words.join(" "));
      assert.match(stderr, sentence);
    }
    const several = await runBrig(["update", "--restart", "no", "nobody", "gone"], { root });
    assert.deepEqual([several.code, several.stdout], [1, "gone\n"]);
    assert.equal(await out("inspect", "gone"), before);
  } finally {
    await removeRunning(root, "gone");
  }
});

test("--timeout ends a container for good, and --pidfile holds its process while it runs", async () => {
  const pidFile = join(root.directory, "pid");
  // Long enough for a slow machine to look at it while it runs.
  const limits = ["--timeout", "5", "--pidfile", pidFile, "--restart", "always"];
  await startRunning(root, { name: "timed", image, flags: limits });
  try {
    assert.equal(readFileSync(pidFile, "utf8").trim(), await out("inspect", "-f", "{{.State.Pid}}", "timed"));
    assert.equal(await out("inspect", "-f", "{{.Brig.Timeout}} {{.Brig.PidFile}}", "timed"), `5 ${pidFile}`);
    assert.equal(await out("wait", "timed"), "137");
    assert.equal(await out("inspect", "-f", restarts, "timed"), "0 exited");
    assert.equal(existsSync(pidFile), false);
    assert.match(await out("why", "timed"), /it had run for the 5 seconds of its --timeout/);
  } finally {
    await removeRunning(root, "timed");
  }
  for (const [words, sentence] of [
    [["--timeout", "0"], /invalid timeout 0: it must be from 1 to/],
    [["--pidfile", "/nowhere/pid"], /cannot write the pid file "\/nowhere\/pid"/],
    [["--replace"], /cannot replace container without --name being set/],
    [["--stop-timeout", "soon"], /invalid argument "soon" for "--stop-timeout" flag/],
    [["--link-local-ip", "169.254.1.1"], /--link-local-ip is not available: /],
  ] as const) {
    const refused = await run(...words, image, "true");
    assert.equal(refused.code, 125);
    assert.match(refused.stderr, sentence);
  }
  assert.equal(await out("ps", "-aq"), "");
});

test("--replace takes the container away that has the name, and only when the new one can be made", async () => {
  const first = await startRunning(root, { name: "only", image });
  try {
    assert.equal((await run("--name", "only", "--replace", "--pull", "never", "no/such", "true")).code, 125);
    assert.equal(await out("ps", "-q", "--no-trunc"), first);
    const second = await startRunning(root, { name: "only", image, flags: ["--replace", "--stop-timeout", "3"] });
    assert.equal(await out("ps", "-aq", "--no-trunc"), second);
    assert.equal(await out("inspect", "-f", "{{.Config.StopTimeout}}", "only"), "3");
  } finally {
    await removeRunning(root, "only");
  }
});

test("--init=auto puts the init before a shell alone", async () => {
  const first = ["cat", "/proc/1/cmdline"];
  const has = async (...words: readonly string[]) => /helper/.test((await run("--rm", ...words)).stdout);
  assert.equal(await has("--init=auto", image, "sh", "-c", "cat /proc/1/cmdline; :"), true);
  assert.equal(
    await has("--init=auto", image, "env", "A=b", "/bin/busybox", "sh", "-c", "cat /proc/1/cmdline; :"),
    true,
  );
  assert.equal(await has("--init=auto", image, ...first), false);
  assert.equal(await has("--init", image, ...first), true);
  assert.equal(await has("--init=false", image, "sh", "-c", "cat /proc/1/cmdline; :"), false);
});

test("--ipc container shares memory both ways with a shareable container, and with no other", async () => {
  const donor = ["sh", "-c", "echo given > /dev/shm/given; echo up; exec sleep 1000"];
  await startRunning(root, { name: "donor", image, flags: ["--ipc", "shareable", "--shm-size", "8m"], command: donor });
  await startRunning(root, { name: "private", image });
  try {
    await eventually(
      () => out("logs", "donor"),
      (text) => text === "up",
    );
    const script =
      "cat /dev/shm/given; echo back > /dev/shm/back; df -k /dev/shm | tail -1; readlink /proc/self/ns/ipc";
    const joined = await run("--rm", "--ipc", "container:donor", image, "sh", "-c", script);
    assert.match(joined.stdout, /^given\n\S+ +8192 /, joined.stderr);
    assert.equal(await out("exec", "donor", "cat", "/dev/shm/back"), "back");
    assert.ok(joined.stdout.endsWith(`${await out("exec", "donor", "readlink", "/proc/self/ns/ipc")}\n`));
    const refused = await run("--rm", "--ipc", "container:private", image, "true");
    assert.equal(refused.code, 125);
    assert.match(
      refused.stderr,
      /can't join IPC of container [0-9a-f]{64}: non-shareable IPC \(hint: use IpcMode:share/,
    );
    assert.equal((await run("--rm", "--ipc", "none", image, "test", "-e", "/dev/shm")).code, 1);
  } finally {
    await removeRunning(root, "donor", "private");
  }
});
