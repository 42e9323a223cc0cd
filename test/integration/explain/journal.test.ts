import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import type { ContainerJournal } from "../../../src/container/index.ts";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { BrigProcess } from "../../support/brigProcess.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";
import { removeRunning } from "../../support/runningContainer.ts";
import { eventually } from "../../support/services.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
});

after(() => disposeRoot(root));

const flags = ["--network", "none", "--ulimit", "nofile=1024:1024"];
const run = (args: readonly string[]) => runBrig(["run", ...flags, ...args], { root });
const journalOf = async (name: string) =>
  JSON.parse((await brigOk(["explain", "--format", "json", name], { root })).stdout) as ContainerJournal;

/** `host 12.3us clone3(...) = 7  # why`, without the time. */
const shown = (text: string) => text.split("\n").flatMap((line) => /^\w+ +[\d.]+us {2}(.*)$/.exec(line)?.[1] ?? []);

test("explain shows later what run --explain showed as it happened", async () => {
  const { code, stderr } = await run(["--explain", "--name", "seen", image, "true"]);
  assert.equal(code, 0);
  const { name, outcome, dropped, calls } = await journalOf("seen");
  assert.deepEqual({ name, outcome, dropped }, { name: "seen", outcome: "started", dropped: 0 });
  const kept = calls.map(
    ({ call, args, result, errno, why }) =>
      `${call}(${args.replaceAll("\n", "\\n")}) = ${errno === undefined ? result : `-1 ${errno}`}${why === "" ? "" : `  # ${why}`}`,
  );
  const told = shown(stderr);
  assert.ok(kept.length > 50 && told.length >= kept.length, `${kept.length} of ${told.length}`);
  assert.deepEqual(kept, told.slice(0, kept.length));
  assert.ok(calls.some(({ call, process }) => call === "pivot_root" && process === "child"));
  assert.ok(calls.every(({ startNs, tookNs }) => startNs >= 0 && tookNs >= 0));

  const table = (await brigOk(["explain", "seen"], { root })).stdout.split("\n");
  assert.match(table[0] ?? "", /^seen {2}[0-9a-f]{12}, started at 20/);
  assert.match(table[2] ?? "", /^# +PROCESS +STEP +START +TOOK +CALL$/);
  assert.equal(table.filter((line) => /^\d+ /.test(line)).length, calls.length + 1); // and the sum
  assert.match(table.at(-2) ?? "", /^\d+ calls within [\d.]+ms: host \d+ calls [\d.]+ms, .*child \d+ calls/);
  const markdown = (await brigOk(["container", "explain", "--format", "markdown", "seen"], { root })).stdout;
  assert.match(markdown, /^# How seen was started\n\n/);
  assert.equal(markdown.split("\n").filter((line) => /^\| \d+ \| .* \| .* \|$/.test(line)).length, calls.length);
  await brigOk(["rm", "seen"], { root });
});

test("a start that failed can be explained too, and the next start replaces it", async () => {
  assert.equal((await run(["--name", "broken", image, "/bin/nothing"])).code, 127);
  const failed = await journalOf("broken");
  assert.equal(failed.outcome, "failed");
  assert.deepEqual(
    failed.calls.filter(({ call }) => call.startsWith("exec")).map(({ errno }) => errno),
    ["ENOENT"],
  );
  await brigOk(["cp", "broken:/bin/busybox", root.directory], { root });
  await brigOk(["cp", `${root.directory}/busybox`, "broken:/bin/nothing"], { root });
  await brigOk(["start", "broken"], { root });
  await brigOk(["wait", "broken"], { root });
  assert.equal((await journalOf("broken")).outcome, "started");
  await brigOk(["rm", "broken"], { root });
});

test("explain says how often the monitor has repeated the start that it shows", async () => {
  await run(["-d", "--name", "again", "--restart", "on-failure:1", image, "sh", "-c", "exit 3"]);
  const restarts = async () =>
    (await brigOk(["inspect", "-f", "{{.State.Status}} {{.RestartCount}}", "again"], { root })).stdout;
  await eventually(restarts, (text) => text === "exited 1\n");
  const [head = ""] = (await brigOk(["explain", "again"], { root })).stdout.split("\n");
  assert.match(head, /started at \S+; its monitor has repeated this start once since, of which nothing is kept$/);
  await brigOk(["rm", "again"], { root });
});

test("a container in the background has a journal; run --rm in the foreground leaves none", async () => {
  const { stdout } = await run(["-d", "--rm", "--name", "behind", image, "sleep", "1000"]);
  try {
    assert.equal((await journalOf(stdout.trim())).outcome, "started");
  } finally {
    await removeRunning(root, "behind");
  }
  const script = "echo on; cat";
  const live = new BrigProcess(["run", "--rm", "-i", "--name", "gone", ...flags, image, "sh", "-c", script], root);
  await live.waitForOutput(/^on$/m);
  const { code, stderr } = await runBrig(["explain", "gone"], { root });
  assert.equal(code, 1);
  assert.match(stderr, /^brig: there is no journal of a start of "gone"\n.*run --explain/);
  live.child.stdin.end();
  assert.equal(await live.ended, 0);
});
