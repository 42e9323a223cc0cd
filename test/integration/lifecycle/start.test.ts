import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { brigCommand, brigEnvironment, brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { BrigProcess } from "../../support/brigProcess.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";
import { removeRunning, startRunning } from "../../support/runningContainer.ts";
import { Terminal } from "../../support/terminal.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
});

after(() => disposeRoot(root));

/** A file limit that every caller may set, so that brig has nothing to tell on stderr. */
const flags = ["--network", "none", "--ulimit", "nofile=1024:1024"];
const run = (args: readonly string[], stdin = "") => runBrig(["run", ...flags, ...args], { root, stdin });
const out = async (...args: readonly string[]) => (await brigOk(args, { root })).stdout.trim();

test("a container that cannot be started stays, says why, and can be started again", async () => {
  const refused = await run(["--name", "broken", image, "/bin/nothing"]);
  assert.equal(refused.code, 127);
  assert.match(refused.stderr, /"\/bin\/nothing"/);
  assert.equal(await out("ps", "-a", "--filter", "name=broken", "--format", "{{.Status}}"), "Created");
  const state = await out("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}} {{.State.Error}}", "broken");
  assert.match(state, /^created 127 .*"\/bin\/nothing"/);
  assert.match(await out("why", "broken"), /^broken: could not be started: .*"\/bin\/nothing"/);
  assert.equal(await out("wait", "broken"), "127");
  // Now there is such a program: the same container can run it.
  await brigOk(["cp", "broken:/bin/busybox", root.directory], { root });
  await brigOk(["cp", `${root.directory}/busybox`, "broken:/bin/nothing"], { root });
  await brigOk(["start", "broken"], { root });
  await brigOk(["wait", "broken"], { root });
  assert.equal(await out("inspect", "-f", "{{.State.Error}}|{{.State.Status}}", "broken"), "|exited");
  await brigOk(["rm", "broken"], { root });
  const notExecutable = await run(["-d", "--name", "broken", image, "/etc"]);
  assert.equal(notExecutable.code, 126);
  assert.equal(await out("inspect", "-f", "{{.State.ExitCode}}", "broken"), "126");
  await brigOk(["rm", "broken"], { root });
  assert.equal((await run(["--rm", image, "nosuch"])).code, 127);
  assert.equal(await out("ps", "-aq"), "");
});

test("restart does not end a container that its end would remove", async () => {
  await brigOk(["run", "-d", "--rm", "--name", "passing", ...flags, image, "sleep", "1000"], { root });
  const before = await out("inspect", "-f", "{{.State.Pid}}", "passing");
  const refused = await runBrig(["restart", "-t", "0", "passing"], { root });
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /^brig: cannot restart container passing: it is removed at its end \(--rm\)\nhint: /);
  assert.equal(await out("inspect", "-f", "{{.State.Pid}}", "passing"), before);
  await brigOk(["stop", "-t", "0", "passing"], { root });
  await brigOk(["create", "--rm", "--name", "fresh", ...flags, image, "true"], { root });
  await brigOk(["restart", "fresh"], { root });
});

test("start -a shows the output from its first byte and ends with the container's status", async () => {
  await brigOk(["create", "--name", "first", ...flags, image, "sh", "-c", "echo one; echo two >&2; exit 4"], { root });
  try {
    for (let again = 0; again < 2; again += 1) {
      const { code, stdout, stderr } = await runBrig(["start", "-a", "first"], { root });
      assert.deepEqual({ code, stdout, stderr }, { code: 4, stdout: "one\n", stderr: "two\n" });
    }
    const both = await runBrig(["start", "-a", "first", "first"], { root });
    assert.equal(both.code, 1);
    assert.match(both.stderr, /^brig: you cannot start and attach multiple containers at once\n/);
  } finally {
    await removeRunning(root, "first");
  }
});

test("start -ai passes stdin on and ends it; without -i the container never gets it", async () => {
  const script = "test -e /again || { touch /again; read line; }; echo got:$line; cat; exit 5";
  await brigOk(["create", "-i", "--name", "typed", ...flags, image, "sh", "-c", script], { root });
  try {
    const typed = await runBrig(["start", "-ai", "typed"], { root, stdin: "one\ntwo\n" });
    assert.deepEqual([typed.code, typed.stdout], [5, "got:one\ntwo\n"]);
    const watcher = new BrigProcess(["start", "-a", "typed"], root);
    watcher.child.stdin.end("not for it\n");
    await watcher.waitForOutput(/got:\n/);
    const joined = await runBrig(["start", "-ai", "typed"], { root, stdin: "later\n" });
    assert.deepEqual([joined.code, joined.stdout], [5, "later\n"]);
    assert.equal(await watcher.ended, 5);
    assert.equal(watcher.stdout, "got:\nlater\n");
  } finally {
    await removeRunning(root, "typed");
  }
});

test("stdin of a container that was started detached outlives each caller that typed into it", async () => {
  await startRunning(root, {
    name: "kept",
    image,
    flags: ["-i"],
    command: ["sh", "-c", "while read l; do echo $l; done"],
  });
  try {
    assert.equal(await out("inspect", "-f", "{{.Config.OpenStdin}} {{.Config.StdinOnce}}", "kept"), "true false");
    for (const word of ["one", "two"]) {
      const typist = new BrigProcess(["attach", "kept"], root);
      typist.child.stdin.end(`${word}\n`);
      await typist.waitForOutput(new RegExp(`${word}\n`));
      typist.dispose();
      await typist.ended;
    }
    assert.equal(await out("inspect", "-f", "{{.State.Running}}", "kept"), "true");
  } finally {
    await removeRunning(root, "kept");
  }
});

test("run -a shows what was asked for, and with stdin alone prints the id and leaves the container", async () => {
  const script = "echo out; echo err >&2";
  const shown = async (...names: readonly string[]) => {
    const { stdout, stderr } = await run([...names.flatMap((name) => ["-a", name]), "--rm", image, "sh", "-c", script]);
    return [stdout, stderr];
  };
  assert.deepEqual(await shown("stdout"), ["out\n", ""]);
  assert.deepEqual(await shown("STDERR"), ["", "err\n"]);
  assert.deepEqual(await shown("stdout", "stderr"), ["out\n", "err\n"]);
  const fed = await run(["-i", "-a", "stdin", "--name", "fed", image, "sh", "-c", "cat; exit 3"], "piped\n");
  try {
    assert.match(fed.stdout, /^[0-9a-f]{64}\n$/);
    assert.equal(await out("wait", "fed"), "3");
    assert.equal(await out("logs", "fed"), "piped");
    const attached = "{{.Config.AttachStdin}} {{.Config.AttachStdout}} {{.Config.StdinOnce}}";
    assert.equal(await out("inspect", "-f", attached, "fed"), "true false true");
  } finally {
    await removeRunning(root, "fed");
  }
  const both = await run(["-d", "-a", "stdout", image, "true"]);
  assert.equal(both.code, 125);
  assert.match(both.stderr, /^brig: conflicting options: cannot specify both --attach and --detach\n/);
});

test("with --sig-proxy=false a signal ends brig alone", async () => {
  for (const verb of ["run", "start"] as const) {
    const alone =
      verb === "run"
        ? ["run", "--name", "alone", "--sig-proxy=false", ...flags, image, "sh", "-c", "echo up; sleep 1000"]
        : ["start", "-a", "--sig-proxy=false", "alone"];
    const brig = new BrigProcess(alone, root);
    await brig.waitForOutput(/up/);
    brig.child.kill("SIGINT");
    assert.equal(await brig.ended, 130, verb);
    assert.equal(await out("inspect", "-f", "{{.State.Running}}", "alone"), "true");
    await brigOk(["stop", "-t", "0", "alone"], { root });
  }
  await removeRunning(root, "alone");
});

test("keys that only begin to detach reach the payload; those that detach do not", async () => {
  const payload = ["sh", "-c", "stty raw -echo; echo ready; cat"];
  const args = ["run", "-it", "--name", "keys", "--detach-keys", "ctrl-a,x", ...flags, image, ...payload];
  const shell = ["/bin/sh", "-c", '"$@"; echo "ended:$?"; read line', "sh", ...brigCommand(root, args)];
  const terminal = await Terminal.open({ argv: shell, env: brigEnvironment(root), directory: root.directory });
  try {
    await terminal.waitFor(/ready/);
    await terminal.type("1", "C-a");
    await terminal.type("2", "C-a", "C-a");
    await terminal.type("3");
    await terminal.waitFor(/123/);
    await terminal.type("4", "C-j", "C-a");
    await terminal.type("x");
    await terminal.waitFor(/ended:0/);
    await brigOk(["kill", "keys"], { root });
    await brigOk(["wait", "keys"], { root });
    assert.equal(JSON.stringify(await out("logs", "keys")), JSON.stringify("ready\n1\u00012\u0001\u000134"));
  } finally {
    await terminal.close();
    await removeRunning(root, "keys");
  }
});

test("stop waits for many containers together and names them in the order of its arguments", async () => {
  const names = ["s1", "s2", "s3", "s4", "s5", "s6"];
  const stubborn = ["sh", "-c", 'trap "" TERM; echo up; while :; do sleep 0.2; done'];
  await Promise.all(names.map((name) => startRunning(root, { name, image, command: stubborn })));
  const begin = performance.now();
  const stopped = await runBrig(["stop", "-t", "4", ...names, "nobody"], { root });
  const tookMs = performance.now() - begin;
  assert.equal(stopped.stdout, `${names.join("\n")}\n`);
  assert.equal(stopped.code, 1);
  assert.match(stopped.stderr, /No such container: nobody/);
  assert.ok(tookMs >= 4000 && tookMs < names.length * 4000, `it took ${tookMs} ms, as if one after the other`);
  assert.equal(await out("rm", "-f", ...names), names.join("\n"));
});
