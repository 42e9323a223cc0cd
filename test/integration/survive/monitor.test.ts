import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { BrigProcess } from "../../support/brigProcess.ts";
import { monitorOf } from "../../support/monitors.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";
import { removeRunning, startRunning } from "../../support/runningContainer.ts";
import { eventually } from "../../support/services.ts";
import { processesWithArgument } from "../../support/traces.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
});

after(() => disposeRoot(root));

/** What has ended has no arguments any more, collected or not. */
function isRunning(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8") !== "";
  } catch {
    return false;
  }
}

/** Resolves when it is gone: what is killed goes on until the kernel has time for its end. */
async function killMonitor(id: string): Promise<void> {
  const pid = monitorOf(root, id);
  process.kill(pid, "SIGKILL");
  await eventually(
    async () => isRunning(pid),
    (running) => !running,
  );
}

const shell = (script: string): readonly string[] => ["sh", "-c", script];
/** Ends with 7 when it is asked to. */
const polite = "trap 'exit 7' TERM; while :; do sleep 0.05; done";
/** Until a process has been collected by its parent. */
const collected = (pid: number): Promise<boolean> =>
  eventually(
    async () => existsSync(`/proc/${pid}`),
    (there) => !there,
  );
const runFile = (id: string, name: string): string => join(root.runRoot, "containers", id, name);
const out = async (...words: readonly string[]): Promise<string> => (await brigOk(words, { root })).stdout;
const stateOf = (name: string): Promise<string> =>
  out("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}} {{json .State}}", name);

/** Each verb meets a container whose monitor has just been killed; it must do at once what it always does. */
const verbs: readonly { readonly words: readonly string[]; readonly expected: RegExp; readonly ends?: boolean }[] = [
  { words: ["ps", "--format", "{{.Names}} {{.State}}"], expected: /^bereft running$/m },
  { words: ["inspect", "-f", "{{.State.Running}}", "bereft"], expected: /^true$/m },
  { words: ["logs", "bereft"], expected: /^begun$/m },
  { words: ["exec", "bereft", "echo", "inside"], expected: /^inside$/m },
  { words: ["top", "bereft"], expected: /sleep/ },
  { words: ["stats", "--no-stream", "bereft"], expected: /bereft/ },
  { words: ["why", "bereft"], expected: /it has been running since/ },
  { words: ["pause", "bereft"], expected: /bereft/ },
  { words: ["unpause", "bereft"], expected: /bereft/ },
  { words: ["kill", "-s", "USR1", "bereft"], expected: /bereft/ },
  { words: ["restart", "-t", "5", "bereft"], expected: /bereft/ },
  { words: ["stop", "bereft"], expected: /bereft/, ends: true },
];

test("after kill -9 of the monitor every verb works at the first try, and the exit code is exact", async () => {
  const id = await startRunning(root, { name: "bereft", image, command: shell(`echo begun; trap : USR1; ${polite}`) });
  await eventually(
    () => out("logs", "bereft"),
    (text) => text === "begun\n",
  );
  for (const { words, expected } of verbs) {
    await killMonitor(id);
    assert.match(await out(...words), expected, words.join(" "));
  }
  assert.match(await stateOf("bereft"), /^exited 7 (?!.*ExitCodeKnown)/);
  const { stdout } = await brigOk(["events", "--since", "1h", "--until", "0s", "--format", "{{.Action}}"], { root });
  assert.equal(stdout.split("\n").filter((action) => action === "die").length, 2);
  await brigOk(["start", "bereft"], { root });
  await killMonitor(id);
  assert.match(await out("rm", "-f", "bereft"), /bereft/);
  await eventually(
    async () => processesWithArgument(root.root),
    (left) => left.length === 0,
  );
});

test("a container that writes a megabyte a second goes on, and nothing of it is missing from the log", async () => {
  const line = "x".repeat(90);
  const chatty = `i=0; while [ $i -lt 30000 ]; do echo "$i ${line}"; i=$((i+1)); done; ${polite}`;
  const id = await startRunning(root, { name: "chatty", image, command: shell(chatty) });
  const follower = new BrigProcess(["logs", "-f", "chatty"], root);
  try {
    for (const start of [1_000, 8_000, 16_000]) {
      await follower.waitForOutput(new RegExp(`^${start} `, "m"));
      await killMonitor(id);
    }
    await follower.waitForOutput(/^29999 /m);
    await brigOk(["stop", "chatty"], { root });
    assert.equal(await follower.ended, 0);
    const numbers = (await out("logs", "chatty"))
      .trimEnd()
      .split("\n")
      .map((text) => Number(text.split(" ")[0]));
    // What a killed monitor had taken out of the pipe and not yet written is gone with it: at most one read each time.
    const missing = 30_000 - new Set(numbers).size;
    assert.ok(missing <= 3 * (65_536 / (line.length + 3)), `${missing} lines are missing`);
    assert.deepEqual(
      numbers,
      [...numbers].sort((one, other) => one - other),
    );
    assert.match(await stateOf("chatty"), /^exited 7 /);
  } finally {
    follower.dispose();
    await removeRunning(root, "chatty");
  }
});

test("nothing that is written while no monitor is there is lost", async () => {
  const shared = join(root.directory, "shared");
  mkdirSync(shared);
  const wait = "echo first; while [ ! -e /shared/go ]; do sleep 0.02; done";
  const script = `${wait}; i=0; while [ $i -lt 2000 ]; do echo "line $i"; i=$((i+1)); done; ${polite}`;
  const flags = ["-v", `${shared}:/shared`];
  const id = await startRunning(root, { name: "waiting", image, flags, command: shell(script) });
  await eventually(
    () => out("logs", "waiting"),
    (text) => text === "first\n",
  );
  await killMonitor(id);
  writeFileSync(join(shared, "go"), "");
  const wanted = Array.from({ length: 2000 }, (_, n) => `line ${n}\n`).join("");
  const text = await eventually(
    () => out("logs", "waiting"),
    (log) => log.endsWith("line 1999\n"),
  );
  assert.equal(text, `first\n${wanted}`);
  await removeRunning(root, "waiting");
});

test("a terminal goes with its monitor: who reads it ends, who does not goes on", async () => {
  const reader = await startRunning(root, { name: "reader", image, flags: ["-i", "-t"], command: ["cat"] });
  const sleeper = await startRunning(root, { name: "sleeper", image, flags: ["-t"] });
  for (const id of [reader, sleeper]) await killMonitor(id);
  assert.notEqual(await out("wait", "reader"), "0\n");
  assert.match(await stateOf("reader"), /^exited (1|255) /);
  assert.equal(await out("exec", "sleeper", "echo", "here"), "here\n");
  await brigOk(["stop", "-t", "0", "sleeper"], { root });
  assert.match(await stateOf("sleeper"), /^exited 137 (?!.*ExitCodeKnown)/);
  await removeRunning(root, "reader", "sleeper");
});

test("brig run in the foreground stays with its container, shows what it writes and ends with its status", async () => {
  const script = "trap 'echo heard; exit 9' USR1; echo begun; i=0; while :; do echo $i; i=$((i+1)); sleep 0.02; done";
  const run = new BrigProcess(["run", "--name", "front", "--network", "none", image, ...shell(script)], root);
  try {
    await run.waitForOutput(/^3$/m);
    await killMonitor((await out("inspect", "-f", "{{.Id}}", "front")).trim());
    const shown = Number(run.stdout.trimEnd().split("\n").at(-1));
    await run.waitForOutput(new RegExp(`^${shown + 20}$`, "m"));
    process.kill(run.pid, "SIGUSR1");
    assert.equal(await run.ended, 9);
    assert.match(run.stdout, /heard\n$/);
    assert.match(await stateOf("front"), /^exited 9 /);
    await brigOk(["rm", "front"], { root });
  } finally {
    run.dispose();
  }
});

test("an attached client goes on with the next monitor", async () => {
  const script = `i=0; trap 'exit 7' TERM; while :; do echo $i; i=$((i+1)); sleep 0.02; done`;
  const id = await startRunning(root, { name: "joined", image, command: shell(script) });
  const client = new BrigProcess(["attach", "--no-stdin", "joined"], root);
  try {
    await client.waitForOutput(/^\d+$/m);
    await killMonitor(id);
    const shown = Number(client.stdout.trimEnd().split("\n").at(-1));
    await client.waitForOutput(new RegExp(`^${shown + 30}$`, "m"));
    await brigOk(["stop", "joined"], { root });
    assert.equal(await client.ended, 7);
  } finally {
    client.dispose();
    await removeRunning(root, "joined");
  }
});

test("an end that nobody could see is reported as unknown, never as 0, and the restart policy is asked", async () => {
  const command = shell("while [ ! -e /go ]; do sleep 0.02; done; exit 0");
  for (const [name, flags, expected] of [
    ["unseen", [], /^exited 255 .*"ExitCodeKnown":false/],
    ["again", ["--restart", "on-failure:1"], /^running 0 /],
  ] as const) {
    const id = await startRunning(root, { name, image, flags, command });
    const { process: payload } = JSON.parse(readFileSync(runFile(id, "running.json"), "utf8"));
    await killMonitor(id);
    process.kill(payload.pid, "SIGKILL");
    await collected(payload.pid);
    await out("ps", "-a");
    assert.match(
      await eventually(
        () => stateOf(name),
        (text) => expected.test(text),
      ),
      expected,
    );
    await removeRunning(root, name);
  }
});

test("a container that waits to be started again is, although its monitor was killed", async () => {
  const command = shell("exit 3");
  const id = await startRunning(root, { name: "back-off", image, flags: ["--restart", "always"], command });
  await eventually(
    () => out("inspect", "-f", "{{.State.Status}} {{.RestartCount}}", "back-off"),
    (text) => /restarting [4-9]/.test(text),
  );
  const before = Number(await out("inspect", "-f", "{{.RestartCount}}", "back-off"));
  await killMonitor(id);
  const after = await eventually(
    () => out("inspect", "-f", "{{.RestartCount}}", "back-off"),
    (text) => Number(text) > before,
  );
  assert.ok(Number(after) > before);
  await removeRunning(root, "back-off");
});

test("of twelve commands that meet a lost container at once one gives it a monitor", async () => {
  const id = await startRunning(root, { name: "wanted", image, command: shell(`echo begun; ${polite}`) });
  await eventually(
    () => out("logs", "wanted"),
    (text) => text === "begun\n",
  );
  await killMonitor(id);
  await Promise.all(
    Array.from({ length: 12 }, (_, n) => out(n % 2 === 0 ? "ps" : "top", ...(n % 2 === 0 ? [] : ["wanted"]))),
  );
  await brigOk(["stop", "wanted"], { root });
  assert.match(await stateOf("wanted"), /^exited 7 /);
  await removeRunning(root, "wanted");
});

test("two starts at once are one start", async () => {
  await brigOk(["create", "--name", "twice", "--network", "none", image, "sleep", "1000"], { root });
  const starts = await Promise.all(Array.from({ length: 4 }, () => runBrig(["start", "twice"], { root })));
  assert.deepEqual(
    starts.map(({ code, stderr }) => [code, stderr]),
    starts.map(() => [0, ""]),
  );
  assert.equal((await out("top", "twice")).trimEnd().split("\n").length, 2);
  await removeRunning(root, "twice");
});

test("a process that has got the number of a payload or monitor is never signalled", async () => {
  const bystander = spawn("/bin/sleep", ["1000"]);
  try {
    await once(bystander, "spawn");
    for (const words of [
      ["stop", "-t", "0", "reused"],
      ["kill", "reused"],
      ["rm", "-f", "reused"],
      ["restart", "-t", "0", "reused"],
      ["exec", "reused", "true"],
      ["ps", "-a"],
      ["pause", "reused"],
      ["system", "check", "--repair"],
    ]) {
      const id = await startRunning(root, { name: "reused", image });
      const path = runFile(id, "running.json");
      const running = JSON.parse(readFileSync(path, "utf8"));
      await killMonitor(id);
      process.kill(running.process.pid, "SIGKILL");
      // The numbers of the dead, as the kernel may give them to anybody; the start times stay what they were.
      writeFileSync(path, JSON.stringify({ ...running, process: { ...running.process, pid: bystander.pid } }));
      const monitor = JSON.parse(readFileSync(runFile(id, "monitor.json"), "utf8"));
      writeFileSync(runFile(id, "monitor.json"), JSON.stringify({ ...monitor, pid: bystander.pid }));
      await runBrig(words, { root });
      assert.equal(bystander.exitCode ?? bystander.signalCode, null, words.join(" "));
      await runBrig(["rm", "-f", "reused"], { root });
    }
  } finally {
    bystander.kill("SIGKILL");
  }
});

test("the seventeenth connection to a monitor is told that there are sixteen, and stop works all the same", async () => {
  const id = await startRunning(root, { name: "crowd", image, command: shell(polite) });
  const sockets: Socket[] = [];
  const directory = openSync(runFile(id, "."), "r"); // the whole path may be longer than an address can be
  try {
    for (let n = 0; n < 16; n += 1) {
      const socket = connect(`/proc/self/fd/${directory}/monitor.sock`);
      sockets.push(socket);
      await once(socket, "connect");
    }
    const { code, stderr } = await runBrig(["attach", "--no-stdin", "crowd"], { root });
    assert.equal(code, 1);
    assert.match(stderr, /as many connections as it can have/);
    await brigOk(["stop", "crowd"], { root });
    assert.match(await stateOf("crowd"), /^exited 7 /);
  } finally {
    for (const socket of sockets) socket.destroy();
    closeSync(directory);
    await removeRunning(root, "crowd");
  }
});
