import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { brigCommand, brigEnvironment, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { busyboxLayout } from "../../support/fixtures.ts";
import { pulledRoot } from "../../support/pulledRoot.ts";

let root: TestRoot;
let image: string;

before(async () => {
  const pulled = await pulledRoot({ busybox: { layout: await busyboxLayout(), tag: "latest" } });
  root = pulled.root;
  image = pulled.reference("busybox");
});

after(() => disposeRoot(root));

/** Starts a container, waits until its process has spoken, and kills brig with SIGKILL. */
async function runAndKill(...flags: readonly string[]): Promise<void> {
  const args = ["run", "--network", "none", ...flags, image, "sh", "-c", "echo started; sleep 1000"];
  const [program = "", ...rest] = brigCommand(root, args);
  const brig = spawn(program, rest, { env: brigEnvironment(root), stdio: ["ignore", "pipe", "ignore"] });
  const ended = once(brig, "exit");
  await once(brig.stdout, "data");
  brig.kill("SIGKILL");
  await ended;
  // The write end of the pipe is gone only when the last process of the container is.
  for await (const _ of brig.stdout);
}

function entries(name: string): readonly string[] {
  return existsSync(join(root.root, name)) ? readdirSync(join(root.root, name)) : [];
}

test("after kill -9 of brig the container is dead, listed as such, and can be removed", async () => {
  await runAndKill("--name", "victim");
  const listed = await runBrig(["ps", "-a"], { root });
  assert.match(listed.stdout, /Dead.*victim/);
  assert.equal((await runBrig(["rm", "victim"], { root })).code, 0);
  assert.deepEqual(entries("containers"), []);
});

test("what a killed --rm container left is taken away by the next run, which may have its name", async () => {
  await runAndKill("--rm", "--name", "again", "-v", "/anonymous");
  const next = await runBrig(["run", "--rm", "--network", "none", "--name", "again", image, "true"], { root });
  assert.equal(next.code, 0, next.stderr);
  for (const name of ["containers", "pending", "idranges", "volumes"]) assert.deepEqual(entries(name), [], name);
});
