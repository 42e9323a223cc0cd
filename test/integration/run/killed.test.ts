import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { brigCommand, brigEnvironment, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";
import { eventually } from "../../support/services.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
});

after(() => disposeRoot(root));

/** Starts a container, waits until its process has spoken, and kills brig with SIGKILL. The container keeps no pipe open. */
async function runAndKill(...flags: readonly string[]): Promise<void> {
  const args = ["run", "--network", "none", ...flags, image, "sh", "-c", "echo started; sleep 1000"];
  const [program = "", ...rest] = brigCommand(root, args);
  const brig = spawn(program, rest, { env: brigEnvironment(root), stdio: ["ignore", "pipe", "ignore"] });
  const ended = once(brig, "exit");
  await once(brig.stdout, "data");
  brig.kill("SIGKILL");
  await ended;
  for await (const _ of brig.stdout);
}

function entries(name: string): readonly string[] {
  return existsSync(join(root.root, name)) ? readdirSync(join(root.root, name)) : [];
}

test("after kill -9 of brig the container goes on, and every verb works on it", async () => {
  await runAndKill("--name", "orphan");
  const listed = await runBrig(["ps"], { root });
  assert.match(listed.stdout, /Up .*orphan/);
  assert.equal((await runBrig(["rm", "orphan"], { root })).code, 1);
  assert.equal((await runBrig(["stop", "-t", "0", "orphan"], { root })).code, 0);
  assert.match((await runBrig(["ps", "-a"], { root })).stdout, /Exited \(137\).*orphan/);
  assert.equal((await runBrig(["rm", "orphan"], { root })).code, 0);
  assert.deepEqual(entries("containers"), []);
});

test("a --rm container whose brig was killed goes away when it ends", async () => {
  await runAndKill("--rm", "--name", "again", "-v", "/anonymous");
  assert.equal((await runBrig(["kill", "again"], { root })).code, 0);
  await runBrig(["wait", "again"], { root });
  // Its removal follows its end, and tells nobody.
  const named = async () => entries("names").includes("again");
  await eventually(named, (there) => !there);
  const next = await runBrig(["run", "--rm", "--network", "none", "--name", "again", image, "true"], { root });
  assert.equal(next.code, 0, next.stderr);
  const left = async () => ["containers", "pending", "idranges", "volumes"].flatMap(entries);
  await eventually(left, ({ length }) => length === 0);
});
