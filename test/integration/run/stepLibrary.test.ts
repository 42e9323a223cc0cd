import assert from "node:assert/strict";
import { openSync, readdirSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { compareSnapshots, createEngine, type Engine, EngineError, type StopSnapshot } from "../../../src/index.ts";
import { disposeRoot, type TestRoot } from "../../support/brig.ts";
import { helperPath } from "../../support/projectPaths.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";

let root: TestRoot;
let image: string;
let engine: Engine;

before(async () => {
  ({ root, image } = await busyboxRoot());
  engine = createEngine({ root: root.root, runRoot: root.runRoot, helperPath });
});

after(() => disposeRoot(root));

const networks = [{ network: "none", aliases: [], links: [], gatewayPriority: 0 }] as const;
const stdin = openSync("/dev/null", "r");
const streams = { stdin, stdout: "ignore", stderr: "ignore", tty: false } as const;
const run = (command: readonly string[], ...points: readonly string[]) =>
  engine.stepRun({
    options: { image, command, remove: true, networks },
    streams,
    stops: { points: points.map((step) => ({ when: "before", step })) },
  });

test("stepRun() gives one stop after the other, with what the kernel says at each, and then the end", async () => {
  const stepped = run(["sh", "-c", "exit 5"], "root.attach", "root.pivot", "exec");
  const seen: string[] = [];
  let earlier: StopSnapshot | undefined;
  for await (const stop of stepped) {
    seen.push(`${stop.process} ${stop.before?.id}`);
    const snapshot = await stop.snapshot();
    if (stop.before?.id === "root.pivot" && earlier !== undefined) {
      const changed = compareSnapshots(earlier, snapshot).map(({ section, name }) => `${section} ${name}`);
      assert.ok(changed.includes("mounts /"), changed.join());
      assert.ok(changed.includes("mounts /dev/pts"), changed.join());
    }
    earlier = snapshot;
    if (stop.before?.id === "root.attach") await stop.next(); // the others go on by themselves
  }
  assert.deepEqual(seen, ["child root.attach", "child root.pivot", "init exec"]);
  assert.equal((await stepped.ended).exitCode, 5);
});

test("stepRun() skips a step, and tells of it when the launch fails", async () => {
  const stepped = run(["true"], "root.overlay");
  const steps = async () => {
    for await (const stop of stepped) await stop.skip();
  };
  const failed = (error: unknown) =>
    error instanceof EngineError && / \(the step "root\.overlay" was skipped\)$/.test(error.message);
  await assert.rejects(steps, failed);
  await assert.rejects(stepped.ended, failed);
});

test("leaving the iteration of stepRun() gives the launch up and leaves nothing", async () => {
  const stepped = run(["true"], "clone", "root.pivot");
  for await (const stop of stepped) {
    assert.equal(stop.before?.id, "clone");
    break;
  }
  await assert.rejects(stepped.ended, (error: unknown) => error instanceof EngineError && error.code === "interrupted");
  for (const name of ["containers", "pending", "idranges"])
    assert.deepEqual(readdirSync(join(root.root, name)), [], name);
});

test("a shell at a stop before the root is attached is the host's, in the namespaces so far", async () => {
  const stepped = run(["true"], "root.attach");
  for await (const stop of stepped) {
    const shell = await stop.shell({ stdio: [stdin, stdin, stdin], command: "test -e /proc/self/ns/user && exit 9" });
    assert.deepEqual([shell.kind, shell.exitCode], ["host", 9]);
  }
  assert.equal((await stepped.ended).exitCode, 0);
});
