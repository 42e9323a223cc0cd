import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { setTimeout } from "node:timers/promises";
import {
  type BrigResult,
  brigCommand,
  brigEnvironment,
  brigOk,
  disposeRoot,
  runBrig,
  type TestRoot,
} from "../../support/brig.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";
import { eventually } from "../../support/services.ts";
import { Terminal } from "../../support/terminal.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
});

after(() => disposeRoot(root));

const lines = (...words: readonly string[]) => words.map((word) => `${word}\n`).join("");

interface Stepped {
  readonly flags?: readonly string[];
  readonly stdin: string;
  readonly command: readonly string[];
}

function step({ flags = ["--rm"], stdin, command }: Stepped, ...stops: readonly string[]): Promise<BrigResult> {
  return runBrig(["run", "--network", "none", ...flags, ...stops, image, ...command], { root, stdin });
}

/** Of everything that a container could have left. */
function assertNothingLeft(): void {
  for (const name of ["containers", "pending", "idranges", "names"]) {
    const directory = join(root.root, name);
    assert.deepEqual(existsSync(directory) ? readdirSync(directory) : [], [], name);
  }
  assert.deepEqual(
    existsSync(join(root.runRoot, "containers")) ? readdirSync(join(root.runRoot, "containers")) : [],
    [],
  );
}

test("a launch stops where --break says, shows what is half-built, and goes on to the payload", async () => {
  const stdin = lines("p", "mounts", "sh ls /; id -u", "n", "diff", "caps", "c");
  const run = await step({ stdin, command: ["echo", "payload"] }, "--break", "root.attach,before:exec");
  assert.equal(run.code, 0, run.stderr);
  assert.match(run.stderr, /^-- child \(pid \d+\), after root\.attach$/m);
  assert.match(run.stderr, /^ {3}next: mnt\.\/proc {2}# a new proc of the container's own$/m);
  assert.match(run.stderr, /^operation +mount\n {2}type +proc$/m);
  assert.match(run.stderr, /^\/ +overlay /m);
  assert.match(run.stderr, /^this is the image's \/bin\/sh, in all namespaces/m);
  assert.match(run.stdout, /^bin\n(.*\n)*0\npayload\n$/);
  assert.match(run.stderr, /^- capabilities: CAP_SYS_ADMIN {2}effective permitted bounding$/m);
  assert.match(run.stderr, /^-- init \(pid \d+\), after priv\.capabilities$/m);
  assert.match(run.stderr, /^CAP_CHOWN +effective permitted bounding$/m);
  assert.doesNotMatch(run.stderr, /^CAP_SYS_ADMIN/m); // which it had at the stop before
  assertNothingLeft();
});

test("a skipped step is missing in the container, and diff tells what the others did", async () => {
  const command = ["grep", "-c", " /proc/keys ", "/proc/self/mountinfo"];
  const masked = await step(
    { stdin: lines("n", "diff", "c"), command },
    "--break",
    "before:mask./proc/keys,mask./proc/keys",
  );
  assert.equal(masked.stdout, "1\n", masked.stderr);
  assert.match(masked.stderr, /^\+ mounts: \/proc\/keys {2}/m);
  const bare = await step({ stdin: lines("skip", "c"), command }, "--break", "before:mask./proc/keys");
  assert.equal(bare.stdout, "0\n", bare.stderr);
});

test("--step stops before every step of every process, and continue runs to the end", async () => {
  const stepped = await step({ stdin: lines("n", "n", "c"), command: ["echo", "ran"] }, "--step");
  assert.equal(stepped.stdout, "ran\n", stepped.stderr);
  assert.match(stepped.stderr, /^-- host \(pid \d+\), it begins$/m);
  assert.equal(stepped.stderr.match(/^-- /gm)?.length, 3);
  const both = await step({ stdin: lines("c", "c"), command: ["true"] }, "--step", "--break", "before:exec");
  assert.equal(both.code, 0, both.stderr);
  assert.match(both.stderr, /^ {3}next: exec /m);
});

test("what depends on a skipped step fails with the step's name, and the container stays", async () => {
  const flags = ["--name", "skipped"];
  const failed = await step({ flags, stdin: lines("skip", "c"), command: ["true"] }, "--break", "before:root.overlay");
  assert.equal(failed.code, 125);
  assert.match(failed.stderr, /^brig: cannot start the container: .*\(the step "root\.overlay" was skipped\)$/m);
  const why = await brigOk(["why", "skipped"], { root });
  assert.match(why.stdout, /root\.overlay/);
  await brigOk(["rm", "skipped"], { root });
  const exec = await step({ stdin: lines("skip", "q"), command: ["true"] }, "--break", "before:exec");
  assert.match(exec.stderr, /^cannot skip here: without it there is no payload$/m);
  assertNothingLeft();
});

test("quit and the end of the input remove everything half-made", async () => {
  for (const [stdin, stop] of [
    [lines("q"), "before:clone"],
    ["", "before:root.pivot"],
    [lines("n"), "before:user.map,before:exec"],
  ] as const) {
    const flags = ["--name", "half", "-v", "/volume"];
    const quit = await step({ flags, stdin, command: ["true"] }, "--break", stop);
    assert.equal(quit.code, 130, quit.stderr);
    assert.match(quit.stderr, /^given up; nothing of the container is left$/m);
    assertNothingLeft();
  }
});

test("a name that the plan does not have is refused with the near ones, and nothing is made", async () => {
  const refused = await step({ flags: [], stdin: "", command: ["true"] }, "--break", "root.pivto");
  assert.equal(refused.code, 125);
  assert.match(refused.stderr, /^brig: cannot stop at "root\.pivto": .*\nhint: did you mean "root\.pivot"\?$/m);
  assertNothingLeft();
  const detached = await step({ flags: ["-d"], stdin: "", command: ["true"] }, "--step");
  assert.match(detached.stderr, /^brig: conflicting options: --step and --break /);
});

test("what is left of stdin after the last stop is the payload's", async () => {
  const fed = await step(
    { flags: ["--rm", "-i"], stdin: lines("c", "for the", "payload"), command: ["cat"] },
    "--break",
    "before:exec",
  );
  assert.equal(fed.stdout, "for the\npayload\n", fed.stderr);
});

test("a restart of the monitor does not stop, and explain does not count the stops", async () => {
  const flags = ["--name", "restarted", "--restart", "on-failure:1"];
  const ended = await step(
    { flags, stdin: lines("c"), command: ["sh", "-c", "exit 3"] },
    "--break",
    "before:root.pivot",
  );
  assert.equal(ended.code, 3, ended.stderr);
  const explained = await brigOk(["explain", "restarted"], { root });
  assert.match(explained.stdout, /child +before:root\.pivot .* pause\(on\) = 0 {2}# --break before:root\.pivot$/m);
  assert.match(explained.stdout, /; it stood at stops once, [\d.]+ms in all, which is not counted$/m);
  await brigOk(["rm", "restarted"], { root });
});

test("plan run shows the stops in their places", async () => {
  const planned = await brigOk(["plan", "run", "--network", "none", "--break", "before:exec", image], { root });
  assert.match(planned.stdout, /^ +\d+ {2}before:exec +pause +--break before:exec\n +\d+ {2}exec +execute /m);
});

/** Starts a container that waits at its first stop. */
async function stopped(...flags: readonly string[]) {
  const args = ["run", "--network", "none", "--break", "before:root.pivot", ...flags, image, "true"];
  const [program = "", ...rest] = brigCommand(root, args);
  const brig = spawn(program, rest, { env: brigEnvironment(root), stdio: ["pipe", "ignore", "pipe"] });
  const ended = once(brig, "exit");
  for (let said = ""; !/after cwd\.make/.test(said); ) said += String((await once(brig.stderr, "data"))[0]);
  return { brig, ended };
}

test("after kill -9 of brig at a stop the next command leaves nothing of the container", async () => {
  for (const flags of [["--rm"], ["--name", "kept"]]) {
    const { brig, ended } = await stopped(...flags);
    brig.kill("SIGKILL");
    await ended;
    for await (const _ of brig.stderr); // the helper's processes have ended when nobody holds it open
    await brigOk(["run", "--rm", "--network", "none", image, "true"], { root });
    assertNothingLeft();
  }
});

test("a signal at a stop gives the launch up", async () => {
  for (const [signal, status] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    const { brig, ended } = await stopped();
    brig.kill(signal);
    assert.deepEqual(await ended, [status, null]);
    assertNothingLeft();
  }
});

test("at a terminal the prompt, a shell inside and the payload have it one after the other; Ctrl-C gives up", async () => {
  const open = (command: readonly string[]) => {
    const args = [
      "run",
      "--rm",
      "-it",
      "--network",
      "none",
      "--break",
      "before:root.pivot,before:exec",
      image,
      ...command,
    ];
    const argv = ["/bin/sh", "-c", 'trap : INT; "$@"; echo "ended:$?"; read line', "sh", ...brigCommand(root, args)];
    return Terminal.open({ argv, env: brigEnvironment(root), directory: root.directory });
  };
  const terminal = await open(["sh", "-c", "echo ready; read line; echo got:$line; tty; exit 7"]);
  try {
    await terminal.waitFor(/\(brig\)$/);
    await terminal.type("sh", "Enter");
    await terminal.waitFor(/leave it with exit[\s\S]*[#$]$/);
    // The shell throws away what is typed before it reads its first line.
    const type = async () => {
      await terminal.type("echo inside:$((6*7))", "Enter");
      await setTimeout(200);
      return terminal.screen();
    };
    await eventually(type, (screen) => /^inside:42$/m.test(screen));
    await terminal.type("exit", "Enter");
    await terminal.waitFor(/inside:42[\s\S]*\(brig\)$/);
    await terminal.type("n", "Enter");
    await terminal.waitFor(/next: exec [\s\S]*\(brig\)$/);
    await terminal.type("c", "Enter");
    await terminal.waitFor(/^ready$/m);
    await terminal.type("typed", "Enter");
    await terminal.waitFor(/^got:typed\n\/dev\/pts\/0\nended:7$/m);
  } finally {
    await terminal.close();
  }
  const interrupted = await open(["true"]);
  try {
    await interrupted.waitFor(/\(brig\)$/);
    await interrupted.type("", "C-c");
    await interrupted.waitFor(/given up; nothing of the container is left\nended:130$/m);
  } finally {
    await interrupted.close();
  }
  // A terminal that is closed sends SIGHUP and SIGCONT to everyone in the foreground.
  const closed = await open(["true"]);
  await closed.waitFor(/\(brig\)$/).finally(() => closed.close());
  // It is out of the list before all of it is gone.
  await eventually(async () => assertNothingLeft());
  assert.equal((await brigOk(["ps", "-aq"], { root })).stdout, "");
});
