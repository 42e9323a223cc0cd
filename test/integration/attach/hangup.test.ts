import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import test, { after, before } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { brigCommand, brigEnvironment, brigOk, disposeRoot, type TestRoot } from "../../support/brig.ts";
import { busyboxLayout } from "../../support/fixtures.ts";
import { imageRoot } from "../../support/pulledRoot.ts";
import { removeRunning, startRunning } from "../../support/runningContainer.ts";
import { Terminal } from "../../support/terminal.ts";

let root: TestRoot;
let image = "";

before(async () => {
  ({ root, image } = await imageRoot(await busyboxLayout()));
});

after(() => disposeRoot(root));

/** Goes on whatever becomes of its terminal. */
const stubborn = ["sh", "-c", "trap '' HUP; n=0; while :; do n=$((n + 1)); echo line $n; sleep 0.1; done"];
const none = ["--network", "none", "--ulimit", "nofile=1024:1024"];

/** Closes the terminal under the command and waits until that is gone. */
async function hangUp(args: readonly string[]): Promise<void> {
  const terminal = await Terminal.open({
    argv: brigCommand(root, args),
    env: brigEnvironment(root),
    directory: root.directory,
  });
  try {
    await terminal.waitFor(/line \d/);
    const pid = await terminal.pid();
    await terminal.close();
    await waitUntil(() => !existsSync(`/proc/${pid}`), `the end of brig ${args.join(" ")}`);
  } finally {
    await terminal.close();
  }
}

async function waitUntil(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, `waited for ${what}`);
    await delay(20);
  }
}

async function requireGoesOn(name: string): Promise<void> {
  const { stdout } = await brigOk(["ps", "--format", "{{.Names}} {{.State}}"], { root });
  assert.equal(stdout, `${name} running\n`);
  const lines = async () => (await brigOk(["logs", name], { root })).stdout.split("\n").length;
  const seen = await lines();
  await waitUntil(async () => (await lines()) > seen, `more output of ${name}`);
}

test("a payload that survives the terminal of its run goes on alone, with its log, and can be attached to", async () => {
  try {
    await hangUp(["run", "-it", "--name", "alone", ...none, image, ...stubborn]);
    await requireGoesOn("alone");
    await hangUp(["attach", "alone"]);
    await requireGoesOn("alone");
    await brigOk(["stop", "-t", "0", "alone"], { root });
    await hangUp(["start", "-ai", "alone"]);
    await requireGoesOn("alone");
  } finally {
    await removeRunning(root, "alone");
  }
});

test("no exec stays behind when its terminal is closed", async () => {
  try {
    await startRunning(root, { name: "host", image });
    await hangUp(["exec", "-it", "host", ...stubborn]);
  } finally {
    await removeRunning(root, "host");
  }
});

test("a payload that ends with its terminal takes brig with it, and its container with --rm", async () => {
  await hangUp([
    "run",
    "-it",
    "--rm",
    "--name",
    "brief",
    ...none,
    image,
    ...stubborn.map((word) => word.replace("trap '' HUP", "trap 'exit 3' HUP")),
  ]);
  await waitUntil(async () => (await brigOk(["ps", "-aq"], { root })).stdout === "", "the end of the container");
  await brigOk(["system", "check"], { root });
});
