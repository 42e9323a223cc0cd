import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import {
  type BrigResult,
  brigCommand,
  brigEnvironment,
  brigOk,
  disposeRoot,
  runBrig,
  type TestRoot,
} from "../../support/brig.ts";
import { BrigProcess } from "../../support/brigProcess.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";
import { removeRunning, startRunning } from "../../support/runningContainer.ts";
import { eventually } from "../../support/services.ts";
import { Terminal } from "../../support/terminal.ts";
import { cgroupOf, processesWithArgument } from "../../support/traces.ts";

let root: TestRoot;
let image: string;
let id: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
  id = await startRunning(root, { name: "box", image, flags: ["-e", "FROM_RUN=1", "-w", "/tmp"] });
});

after(async () => {
  await removeRunning(root, "box");
  disposeRoot(root);
});

const exec = (
  args: readonly string[],
  settings: { stdin?: string; env?: Record<string, string> } = {},
): Promise<BrigResult> => runBrig(["exec", ...args], { root, ...settings });

async function output(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await exec(args);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  return stdout.trim();
}

/** Ends the processes with this argument, of which there must be some once the shell that was started has come so far. */
async function endMarked(marker: string): Promise<void> {
  const marked = async () => processesWithArgument(marker);
  const found = await eventually(marked, (pids) => pids.length > 0);
  for (const pid of found) process.kill(pid, "SIGKILL");
}

test("the exit status is the command's, or 128 and the signal that ended it", async () => {
  for (const status of [0, 1, 42, 255]) assert.equal((await exec(["box", "sh", "-c", `exit ${status}`])).code, status);
  assert.equal((await exec(["box", "sh", "-c", "kill -KILL $$"])).code, 137);
});

test("stdout and stderr stay apart, and stdin is the caller's only with -i", async () => {
  const both = await exec(["box", "sh", "-c", "echo out; echo err >&2"]);
  assert.deepEqual([both.stdout, both.stderr], ["out\n", "err\n"]);
  assert.equal((await exec(["-i", "box", "cat"], { stdin: "typed" })).stdout, "typed");
  assert.equal((await exec(["box", "cat"], { stdin: "typed" })).stdout, "");
});

test("the command shares every namespace and the group of the container", async () => {
  const own = (await output("box", "sh", "-c", "for n in /proc/self/ns/*; do readlink $n; done")).split("\n");
  const first = await output("box", "sh", "-c", "for n in /proc/1/ns/*; do readlink $n; done");
  assert.deepEqual(own, first.split("\n"));
  assert.equal(await output("box", "grep", "^0::", "/proc/self/cgroup"), "0::/");
  const group = cgroupOf(id);
  const brig = new BrigProcess(["exec", "box", "sh", "-c", "echo ready; exec sleep 1000"], root);
  try {
    await brig.waitForOutput(/ready/);
    // What the commands before it have left behind on their way out may still be there.
    const inside = async () =>
      readFileSync(join(group ?? "", "cgroup.procs"), "utf8")
        .trim()
        .split("\n");
    await eventually(inside, (pids) => pids.length === 2); // the first process and the command
  } finally {
    brig.child.kill("SIGTERM");
    await brig.ended;
  }
  assert.ok(existsSync(group ?? ""), "the end of a command leaves the group alone");
  assert.equal(await output("box", "echo", "alive"), "alive");
});

test("user, groups and home are looked up in the container as it is now", async () => {
  assert.equal(await output("-u", "app", "box", "id"), "uid=1000(app) gid=1000(app) groups=1000(app),1500(extra)");
  assert.equal(await output("-u", "app", "box", "sh", "-c", "echo $HOME"), "/home/app");
  assert.equal(await output("-u", "7:8", "box", "id", "-u"), "7");
  await output("box", "sh", "-c", "echo late:x:1234:1234::/late:/bin/sh >> /etc/passwd");
  assert.equal(await output("-u", "late", "box", "sh", "-c", "id -u; echo $HOME"), "1234\n/late");
  const unknown = await exec(["-u", "nobody", "box", "true"]);
  assert.match(unknown.stderr, /unable to find user nobody: no matching entries in passwd file/);
  assert.equal((await exec(["-u", "70000", "box", "true"])).code, 125);
});

test("the environment is the container's with what was given, and never the caller's (V68)", async () => {
  const { stdout } = await exec(["-e", "GIVEN=2", "-e", "TAKEN", "box", "env"], { env: { TAKEN: "3", SECRET: "s" } });
  const names = stdout.trim().split("\n");
  for (const entry of ["FROM_RUN=1", "GIVEN=2", "TAKEN=3"]) assert.ok(names.includes(entry), entry);
  assert.doesNotMatch(stdout, /SECRET|BRIG/);
});

test("the working directory is the container's unless told otherwise, and must exist", async () => {
  assert.equal(await output("box", "pwd"), "/tmp");
  assert.equal(await output("-w", "/home/app", "box", "pwd"), "/home/app");
  const missing = await exec(["-w", "/nosuch", "box", "pwd"]);
  assert.match(missing.stderr, /chdir "\/nosuch": no such file or directory/);
  assert.equal(missing.code, 125);
});

test("what cannot be executed is named with its reason, and leaves the container running", async () => {
  const cases: readonly (readonly [string, number, RegExp])[] = [
    ["nosuch", 127, /exec: "nosuch": executable file not found in \$PATH/],
    ["/nosuch", 127, /no such file or directory/],
    ["/etc", 126, /"\/etc" is a directory/],
    ["/etc/passwd", 126, /has no execute permission/],
  ];
  for (const [command, code, message] of cases) {
    for (const flags of [[], ["-d"]]) {
      const result = await exec([...flags, "box", command]);
      assert.match(result.stderr, message);
      assert.equal(result.code, code, result.stderr);
    }
  }
  assert.equal(await output("box", "echo", "alive"), "alive");
});

test("a container that is not there, does not run or is paused is named in Docker's words", async () => {
  assert.match((await exec(["nosuch", "true"])).stderr, /No such container: nosuch/);
  const stopped = await runBrig(["run", "-d", "--name", "stopped", "--network", "none", image, "true"], { root });
  try {
    await runBrig(["wait", "stopped"], { root });
    const refused = await exec(["stopped", "true"]);
    assert.match(refused.stderr, new RegExp(`container ${stopped.stdout.trim()} is not running`));
    assert.equal(refused.code, 125);
    await runBrig(["pause", "box"], { root });
    const paused = await exec(["box", "true"]);
    assert.match(paused.stderr, new RegExp(`Container ${id} is paused, unpause the container before exec`));
  } finally {
    await runBrig(["unpause", "box"], { root });
    await removeRunning(root, "stopped");
  }
});

test("-d returns at once, and the command goes on without its caller", async () => {
  const marker = `41${process.pid}`;
  const started = await exec(["-d", "box", "sh", "-c", `echo to nobody; sleep ${marker}`]);
  assert.deepEqual([started.code, started.stdout, started.stderr], [0, "", ""]);
  await endMarked(marker);
});

test("a command ends with a caller that is killed, and the container goes on", async () => {
  const marker = `42${process.pid}`;
  const brig = new BrigProcess(["exec", "box", "sh", "-c", `echo ready; exec sleep ${marker}`], root);
  await brig.waitForOutput(/ready/);
  brig.child.kill("SIGKILL");
  await brig.ended;
  // The end of the output comes first; the next command that joins sees who is left a moment later.
  const left = async () => {
    await output("box", "true");
    return processesWithArgument(marker);
  };
  await eventually(left, (pids) => pids.length === 0);
  assert.equal(await output("box", "echo", "alive"), "alive");
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1"] as const) {
  test(`${signal} to brig reaches the command, and the command's status is brig's`, async () => {
    const script = `trap 'echo got; exit 9' ${signal.slice(3)}; echo ready; while :; do sleep 0.05; done`;
    const brig = new BrigProcess(["exec", "box", "sh", "-c", script], root);
    try {
      await brig.waitForOutput(/ready/);
      brig.child.kill(signal);
      assert.equal(await brig.ended, 9, brig.stderr);
      assert.equal(brig.stdout, "ready\ngot\n");
    } finally {
      brig.dispose();
    }
  });
}

test("200 commands at once each give their own output and status", async () => {
  const numbers = Array.from({ length: 200 }, (_, index) => index);
  const results = await Promise.all(
    numbers.map((number) =>
      runBrig(["exec", "box", "sh", "-c", `echo ${number}; exit ${number % 100}`], { root, timeoutMs: 240_000 }),
    ),
  );
  assert.deepEqual(
    results.map(({ code, stdout, stderr }) => ({ code, stdout, stderr })),
    numbers.map((number) => ({ code: number % 100, stdout: `${number}\n`, stderr: "" })),
  );
});

const inTerminal = async (args: readonly string[], use: (terminal: Terminal) => Promise<void>): Promise<void> => {
  const script = 'echo waiting; read line; "$@"; echo "ended:$?"; read line';
  const argv = ["/bin/sh", "-c", script, "sh", ...brigCommand(root, ["exec", ...args])];
  const terminal = await Terminal.open({ argv, env: brigEnvironment(root), directory: root.directory });
  try {
    await terminal.waitFor(/waiting/);
    await terminal.type("", "Enter");
    await use(terminal);
  } finally {
    await terminal.close();
  }
};

test("-it gives the command a terminal of the container, of the caller's size, that follows a resize", () =>
  inTerminal(["-it", "box", "sh"], async (terminal) => {
    await terminal.waitFor(/[#$] $|[#$]$/);
    await terminal.type("tty; stty size", "Enter");
    await terminal.waitFor(/\/dev\/pts\/\d+\n24 80$/m);
    await terminal.resize(100, 30);
    await terminal.type("stty size", "Enter");
    await terminal.waitFor(/^30 100$/m);
    await terminal.type("exit 7", "Enter");
    await terminal.waitFor(/ended:7/);
  }));

test("the terminal belongs to the user of the command", () =>
  inTerminal(
    ["-it", "-u", "app", "box", "sh", "-c", "stat -c %U $(tty); echo x >/dev/tty && echo tty:ok"],
    async (terminal) => {
      assert.match(await terminal.waitFor(/ended:0/), /^app\n(x\n)?tty:ok/m);
    },
  ));

test("Ctrl-C interrupts the command and nothing else", () =>
  inTerminal(["-it", "box", "sh"], async (terminal) => {
    await terminal.waitFor(/[#$] $|[#$]$/);
    await terminal.start("sleep 1000");
    await terminal.type("", "C-c");
    await terminal.type("echo status=$?", "Enter");
    await terminal.waitFor(/^status=130$/m);
    await terminal.type("exit 0", "Enter");
    await terminal.waitFor(/ended:0/);
  }));

test("the detach keys leave the command running, and the caller has its terminal back", async () => {
  const marker = `43${process.pid}`;
  await inTerminal(
    ["-it", "--detach-keys", "ctrl-x,q", "box", "sh", "-c", `echo begin; sleep ${marker}`],
    async (terminal) => {
      await terminal.waitFor(/^begin$/m);
      await terminal.type("", "C-x");
      await terminal.type("q");
      await terminal.waitFor(/ended:0/);
    },
  );
  await endMarked(marker);
});

test("a terminal is refused where the container has put something else in the place of its devpts", async () => {
  await startRunning(root, {
    name: "covered",
    image,
    flags: ["--privileged"],
    command: ["sh", "-c", "mount -t tmpfs none /dev/pts; touch /dev/pts/ptmx /ready; sleep 100000"],
  });
  try {
    await eventually(() => brigOk(["exec", "covered", "test", "-e", "/ready"], { root }));
    const refused = await exec(["-t", "covered", "true"]);
    assert.match(refused.stderr, /"\/dev\/pts" is not a devpts/);
    assert.equal(refused.code, 125);
  } finally {
    await removeRunning(root, "covered");
  }
});

test("inspect lists the commands that run, and each tells its end, waited for or not", async () => {
  await startRunning(root, { name: "listed", image });
  const ids = async (): Promise<readonly string[] | null> =>
    JSON.parse((await brigOk(["inspect", "-f", "{{json .ExecIDs}}", "listed"], { root })).stdout);
  try {
    await brigOk(["exec", "-d", "listed", "sh", "-c", "until test -e /go; do sleep 0.05; done; exit 4"], { root });
    const waiting = new BrigProcess(
      ["exec", "listed", "sh", "-c", "echo up; until test -e /go; do sleep 0.05; done"],
      root,
    );
    await waiting.waitForOutput(/up/);
    const running = (await ids()) ?? [];
    assert.equal(running.length, 2);
    await brigOk(["exec", "listed", "touch", "/go"], { root });
    assert.equal(await waiting.ended, 0);
    await eventually(ids, (left) => left === null);
    const format = "{{.Actor.Attributes.execID}} {{.Actor.Attributes.exitCode}}";
    const flags = ["--since", "1h", "--until", "0s", "--filter", "container=listed", "--filter", "event=exec_die"];
    const ends = async () => {
      const lines = (await brigOk(["events", ...flags, "--format", format], { root })).stdout.trim().split("\n");
      const own = lines.filter((line) => running.includes(line.split(" ")[0] ?? ""));
      return own.map((line) => line.split(" ")[1]).toSorted();
    };
    assert.deepEqual(await eventually(ends, ({ length }) => length >= 2), ["0", "4"]);
  } finally {
    await removeRunning(root, "listed");
  }
});
