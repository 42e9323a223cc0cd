import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test, { after, before } from "node:test";
import { brigCommand, brigEnvironment, brigOk, disposeRoot, type TestRoot } from "../../support/brig.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";
import { Terminal } from "../../support/terminal.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
});

after(() => disposeRoot(root));

/** Opens a terminal whose shell starts brig when Enter is pressed, tells its status and then waits. */
function openShell(args: readonly string[]): Promise<Terminal> {
  const script = 'echo waiting; read line; "$@"; echo "ended:$?"; read line';
  const argv = ["/bin/sh", "-c", script, "sh", ...brigCommand(root, args)];
  return Terminal.open({ argv, env: brigEnvironment(root), directory: root.directory });
}

async function withShell(args: readonly string[], use: (terminal: Terminal) => Promise<void>): Promise<void> {
  const terminal = await openShell(args);
  try {
    await terminal.waitFor(/waiting/);
    await use(terminal);
  } finally {
    await terminal.close();
  }
}

/** The brig that the terminal's shell started. */
async function brigPid(terminal: Terminal): Promise<number> {
  const shell = await terminal.pid();
  const children = readFileSync(`/proc/${shell}/task/${shell}/children`, "utf8").trim().split(" ");
  assert.equal(children.length, 1, "the shell has one child");
  return Number(children[0]);
}

const interactive = () => ["run", "--rm", "-it", "--network", "none", image];

test("-it gives the payload a terminal of the caller's size, and a resize reaches it", () =>
  withShell(interactive(), async (terminal) => {
    await terminal.type("", "Enter");
    await terminal.waitFor(/# $|#$/);
    await terminal.type("stty size", "Enter");
    await terminal.waitFor(/^24 80$/m);
    await terminal.resize(100, 30);
    await terminal.type("stty size", "Enter");
    await terminal.waitFor(/^30 100$/m);
    await terminal.type("exit 7", "Enter");
    await terminal.waitFor(/ended:7/);
  }));

test("the payload's terminal is a pty of its own, the controlling terminal of its session", () =>
  withShell(
    [...interactive(), "sh", "-c", "tty; test -t 0 -a -t 1 -a -t 2 && echo tty:all; : </dev/tty && echo tty:ctl"],
    async (terminal) => {
      await terminal.type("", "Enter");
      const screen = await terminal.waitFor(/ended:0/);
      assert.match(screen, /^\/dev\/(pts\/0|console)$/m);
      assert.match(screen, /tty:all/);
      assert.match(screen, /tty:ctl/);
    },
  ));

test("Ctrl-C interrupts what runs in the container and nothing else", () =>
  withShell(interactive(), async (terminal) => {
    await terminal.type("", "Enter");
    await terminal.waitFor(/# $|#$/);
    await terminal.start("sleep 1000");
    await terminal.type("", "C-c");
    await terminal.type("echo status=$?", "Enter");
    await terminal.waitFor(/^status=130$/m);
    await terminal.type("exit", "Enter");
    await terminal.waitFor(/ended:\d+/);
  }));

test("the terminal is raw while the payload runs and as it was afterwards", () =>
  withShell(interactive(), async (terminal) => {
    const before = await terminal.modes();
    await terminal.type("", "Enter");
    await terminal.waitForModes((modes) => modes !== before);
    await terminal.waitFor(/# $|#$/);
    await terminal.type("exit 3", "Enter");
    await terminal.waitFor(/ended:3/);
    assert.equal(await terminal.modes(), before);
  }));

test("the terminal is as it was after the payload is ended by a signal", () =>
  withShell(["run", "--rm", "-it", "--init", "--network", "none", image, "sleep", "1000"], async (terminal) => {
    const before = await terminal.modes();
    await terminal.type("", "Enter");
    await terminal.waitForModes((modes) => modes !== before);
    process.kill(await brigPid(terminal), "SIGTERM");
    await terminal.waitFor(/ended:143/);
    assert.equal(await terminal.modes(), before);
  }));

test("the terminal is as it was after brig itself is killed, and the payload goes on", () =>
  withShell(interactive(), async (terminal) => {
    const before = await terminal.modes();
    await terminal.type("", "Enter");
    await terminal.waitFor(/# $|#$/);
    process.kill(await brigPid(terminal), "SIGKILL");
    await terminal.waitFor(/ended:137/);
    await terminal.waitForModes((modes) => modes === before);
    const [id = ""] = readdirSync(`${root.root}/containers`);
    await brigOk(["rm", "-f", id], { root });
  }));

test("a line typed is echoed once, and what a payload prints keeps its carriage returns", () =>
  withShell(interactive(), async (terminal) => {
    await terminal.type("", "Enter");
    await terminal.waitFor(/# $|#$/);
    await terminal.type("echo one$((1+1))", "Enter");
    const screen = await terminal.waitFor(/^one2$/m);
    assert.equal(screen.match(/echo one/g)?.length, 1);
    await terminal.type("exit", "Enter");
    await terminal.waitFor(/ended:0/);
    assert.deepEqual(readdirSync(`${root.root}/containers`), []);
  }));
