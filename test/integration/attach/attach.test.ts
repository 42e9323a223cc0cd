import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import test, { after, before } from "node:test";
import { brigCommand, brigEnvironment, brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { BrigProcess } from "../../support/brigProcess.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";
import { Terminal } from "../../support/terminal.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
});

after(() => disposeRoot(root));

async function withContainer(flags: readonly string[], command: readonly string[], use: (id: string) => Promise<void>) {
  const args = ["run", "-d", "--network", "none", ...flags, image, ...command];
  const id = (await brigOk(args, { root })).stdout.trim();
  try {
    await use(id);
  } finally {
    await brigOk(["rm", "-f", id], { root });
  }
}

/** A terminal whose shell runs `brig attach` when Enter is pressed, tells its status and then waits. */
async function withTerminal(args: readonly string[], use: (terminal: Terminal) => Promise<void>): Promise<void> {
  const script = 'echo waiting; read line; "$@"; echo "ended:$?"; read line';
  const argv = ["/bin/sh", "-c", script, "sh", ...brigCommand(root, ["attach", ...args])];
  const terminal = await Terminal.open({ argv, env: brigEnvironment(root), directory: root.directory });
  try {
    await terminal.waitFor(/waiting/);
    await use(terminal);
  } finally {
    await terminal.close();
  }
}

/** A container whose stdin ends with the first caller that types into it. */
async function withCreated(script: string, use: (id: string) => Promise<void>): Promise<void> {
  const args = ["create", "-i", "--network", "none", image, "sh", "-c", script];
  const id = (await brigOk(args, { root })).stdout.trim();
  try {
    await brigOk(["start", id], { root });
    await use(id);
  } finally {
    await brigOk(["rm", "-f", id], { root });
  }
}

test("attach passes stdin on, shows both streams, and ends with the container's status", () =>
  withCreated("read line; echo got $line; echo err >&2; cat; exit 5", async (id) => {
    const { code, stdout, stderr } = await runBrig(["attach", id], { root, stdin: "one\ntwo\n" });
    assert.deepEqual({ code, stdout, stderr }, { code: 5, stdout: "got one\ntwo\n", stderr: "err\n" });
  }));

test("a client that is killed takes the stdin with it that ends with its caller", () =>
  withCreated("cat; exit 6", async (id) => {
    const typist = new BrigProcess(["attach", id], root);
    typist.child.stdin.write("here\n");
    await typist.waitForOutput(/here\n/);
    typist.child.kill("SIGKILL");
    assert.equal((await brigOk(["wait", id], { root })).stdout, "6\n");
  }));

test("stdin of a detached container outlives that of attach, which shows the output to the container's end", () =>
  withContainer(["-i"], ["sh", "-c", "read a; echo got $a; read b; echo got $b; exit 5"], async (id) => {
    const first = new BrigProcess(["attach", id], root);
    first.child.stdin.end("one\n");
    await first.waitForOutput(/got one\n/);
    const second = await runBrig(["attach", id], { root, stdin: "two\n" });
    assert.deepEqual([second.code, second.stdout], [5, "got two\n"]);
    assert.equal(await first.ended, 5);
    assert.equal(first.stdout, "got one\ngot two\n");
  }));

test("attach --no-stdin leaves stdin to the caller, and without -i the container never gets it", () =>
  withContainer(
    ["-i"],
    ["sh", "-c", "(while :; do echo tick; sleep 0.05; done) & read line; kill $!; echo got $line"],
    async (id) => {
      const watcher = new BrigProcess(["attach", "--no-stdin", id], root);
      watcher.child.stdin.end("not for it\n");
      await watcher.waitForOutput(/tick/);
      const typist = await runBrig(["attach", id], { root, stdin: "typed\n" });
      assert.match(typist.stdout, /^(tick\n)*got typed\n$/);
      assert.equal(await watcher.ended, 0);
    },
  ));

test("signals are passed on, and with --sig-proxy=false they end attach alone", () =>
  withContainer([], ["sh", "-c", 'trap "echo int; exit 7" INT; while :; do echo up; sleep 0.05; done'], async (id) => {
    const alone = new BrigProcess(["attach", "--sig-proxy=false", id], root);
    await alone.waitForOutput(/up/);
    alone.child.kill("SIGINT");
    assert.equal(await alone.ended, 130);
    const passing = new BrigProcess(["attach", id], root);
    await passing.waitForOutput(/up/);
    passing.child.kill("SIGINT");
    assert.equal(await passing.ended, 7);
    assert.match(passing.stdout, /int\n$/);
  }));

test("a terminal: size, resize, keys, detach and attach again, and the caller's terminal as it was", () =>
  withContainer(["-it"], ["sh"], (id) =>
    withTerminal([id], async (terminal) => {
      const before = await terminal.modes();
      await terminal.type("", "Enter");
      await terminal.waitForModes((modes) => modes !== before);
      await terminal.type("stty size", "Enter");
      await terminal.waitFor(/^24 80$/m);
      await terminal.resize(100, 30);
      await terminal.type("stty size", "Enter");
      await terminal.waitFor(/^30 100$/m);
      await terminal.start("sleep 1000");
      await terminal.type("", "C-c");
      await terminal.type("echo status=$?", "Enter");
      await terminal.waitFor(/^status=130$/m);
      await terminal.type("", "C-p", "C-q");
      await terminal.waitFor(/read escape sequence\s+ended:0/);
      assert.equal(await terminal.modes(), before);
      await withTerminal(["--detach-keys", "ctrl-a,x", id], async (again) => {
        const cooked = await again.modes();
        await again.type("", "Enter");
        await again.waitForModes((modes) => modes !== cooked);
        await again.type("exit 9", "Enter");
        await again.waitFor(/ended:9/);
      });
    }),
  ));

test("other detach keys, and the terminal is put back when attach is ended by a signal", () =>
  withContainer(["-it"], ["sh"], async (id) => {
    await withTerminal(["--detach-keys", "ctrl-a,x", id], async (terminal) => {
      const before = await terminal.modes();
      await terminal.type("", "Enter");
      await terminal.waitForModes((modes) => modes !== before);
      await terminal.type("echo one$((1+1))", "Enter");
      await terminal.waitFor(/^one2$/m);
      await terminal.type("", "C-a");
      await terminal.type("x");
      await terminal.waitFor(/ended:0/);
      assert.equal(await terminal.modes(), before);
    });
    const notTyped = await runBrig(["attach", id], { root });
    assert.match(notTyped.stderr, /the input device is not a TTY/);
  }));

test("a reader that is slow gets every byte", () =>
  withContainer(["-i"], ["sh", "-c", "read go; head -c 20000000 /dev/zero"], async (id) => {
    const script = '(echo go; sleep 3) | "$@" | (sleep 1; wc -c)';
    const shell = spawn("/bin/bash", ["-c", script, "bash", ...brigCommand(root, ["attach", id])], {
      env: brigEnvironment(root),
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    shell.stdout.on("data", (text: Buffer) => {
      output += text;
    });
    await new Promise((resolve) => shell.once("close", resolve));
    assert.equal(output.trim(), "20000000");
  }));

test("a reader that never reads does not keep the container from its end", () =>
  withContainer(["-i"], ["sh", "-c", "read go; head -c 20000000 /dev/zero; exit 6"], async (id) => {
    const stuck = spawn(brigCommand(root, [])[0] ?? "", brigCommand(root, ["attach", "--no-stdin", id]).slice(1), {
      env: brigEnvironment(root),
      stdio: ["ignore", "pipe", "ignore"],
    });
    stuck.stdout.pause();
    const typist = new BrigProcess(["attach", id], root);
    typist.child.stdin.write("go\n");
    assert.equal(await typist.ended, 6);
    stuck.kill("SIGKILL");
  }));

test("attach refuses what does not run, in Docker's words", async () => {
  await withContainer([], ["sleep", "1000"], async (id) => {
    await brigOk(["pause", id], { root });
    const paused = await runBrig(["attach", id], { root });
    assert.match(paused.stderr, /You cannot attach to a paused container, unpause it first/);
    await brigOk(["unpause", id], { root });
    await brigOk(["kill", id], { root });
    await brigOk(["wait", id], { root });
    const stopped = await runBrig(["attach", id], { root });
    assert.equal(stopped.code, 1);
    assert.match(stopped.stderr, /You cannot attach to a stopped container, start it first/);
  });
  assert.match((await runBrig(["attach", "--detach-keys", "bad", "x"], { root })).stderr, /invalid detach keys/);
  assert.match((await runBrig(["attach", "nobody"], { root })).stderr, /No such container: nobody/);
});
