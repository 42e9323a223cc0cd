import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { BrigProcess } from "../../support/brigProcess.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";
import { cgroupOf, processesWithArgument } from "../../support/traces.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
});

after(() => disposeRoot(root));

/** A file limit that every caller may set, so that brig has nothing to tell on stderr. */
const nofile = ["--ulimit", "nofile=1024:1024"];
const run = (...args: readonly string[]) => ["run", "--rm", "--network", "none", ...nofile, ...args];
const containers = () => readdirSync(join(root.root, "containers"));

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGQUIT"] as const) {
  test(`${signal} to brig reaches the payload, and the payload's status is brig's`, async () => {
    const script = `trap 'echo got; exit 9' ${signal.slice(3)}; echo ready; while :; do sleep 0.05; done`;
    const brig = new BrigProcess(run(image, "sh", "-c", script), root);
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

test("a payload that a signal ended gives 128 and the signal's number", async () => {
  const result = await runBrig(run("--init", image, "sh", "-c", "kill -KILL $$"), { root });
  assert.equal(result.code, 137, result.stderr);
});

test("32 containers at once each give their own output and leave nothing", async () => {
  const numbers = Array.from({ length: 32 }, (_, index) => index);
  const results = await Promise.all(
    numbers.map((number) =>
      runBrig(run(image, "sh", "-c", `echo ${number}; exit ${number}`), { root, timeoutMs: 120_000 }),
    ),
  );
  assert.deepEqual(
    results.map(({ code, stdout, stderr }) => ({ code, stdout, stderr })),
    numbers.map((number) => ({ code: number, stdout: `${number}\n`, stderr: "" })),
  );
  assert.deepEqual(containers(), []);
});

test("when brig is killed the payload goes on, and rm --force ends and clears it", async () => {
  const marker = `31${process.pid}`;
  const brig = new BrigProcess(run("--name", "victim", image, "sh", "-c", "echo ready; sleep 1000; :", marker), root);
  try {
    await brig.waitForOutput(/ready/);
    const [id = ""] = containers();
    const group = cgroupOf(id);
    process.kill(brig.pid, "SIGKILL");
    assert.equal(await brig.ended, 137);
    assert.ok(processesWithArgument(marker).length > 0, "the payload runs");
    await brigOk(["rm", "-f", "-v", "victim"], { root });
    assert.deepEqual(processesWithArgument(marker), []);
    assert.deepEqual(containers(), []);
    assert.ok(group === undefined || !existsSync(group), `${group} is gone`);
    assert.doesNotMatch(readFileSync("/proc/self/mountinfo", "utf8"), new RegExp(root.directory));
  } finally {
    brig.dispose();
  }
});

test("a brig that is killed at any moment leaves a container that runs or nothing after the next command", async () => {
  for (let delay = 0; delay <= 180; delay += 20) {
    const brig = new BrigProcess(run(image, "sleep", "1000"), root);
    await new Promise((resolve) => setTimeout(resolve, delay)); // not for synchronisation: the moment is the test's input
    process.kill(brig.pid, "SIGKILL");
    await brig.ended;
  }
  await brigOk(["run", "--rm", "--network", "none", image, "true"], { root });
  const running = (await brigOk(["ps", "-q", "--no-trunc"], { root })).stdout.split("\n").filter((id) => id !== "");
  assert.deepEqual(containers().toSorted(), running.toSorted());
  for (const id of running) await brigOk(["rm", "-f", id], { root });
  assert.deepEqual(containers(), []);
  assert.doesNotMatch(readFileSync("/proc/self/mountinfo", "utf8"), new RegExp(root.directory));
});
