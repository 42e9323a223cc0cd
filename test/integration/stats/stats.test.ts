import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { brigCommand, brigEnvironment, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { BrigProcess } from "../../support/brigProcess.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";
import { removeRunning, startRunning } from "../../support/runningContainer.ts";
import { eventually } from "../../support/services.ts";
import { Terminal } from "../../support/terminal.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
  await startRunning(root, { name: "idle", image });
  await startRunning(root, { name: "busy", image, command: ["sh", "-c", "while :; do :; done"] });
  await runBrig(["create", "--name", "made", image, "true"], { root });
});

after(async () => {
  await removeRunning(root, "idle", "busy", "made");
  disposeRoot(root);
});

const stats = (...args: readonly string[]) => runBrig(["stats", "--no-stream", ...args], { root });

async function fields(...args: readonly string[]): Promise<ReadonlyMap<string, Record<string, string>>> {
  const { stdout } = await stats("--format", "json", ...args);
  const rows = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, string>); // our own output
  return new Map(rows.map((row) => [row.Name ?? "", row]));
}

test("stats shows the running containers with Docker's columns", async () => {
  const { stdout, code } = await stats();
  assert.equal(code, 0);
  const [heading = "", ...lines] = stdout.trimEnd().split("\n");
  assert.deepEqual(heading.split(/ {2,}/), [
    "CONTAINER ID",
    "NAME",
    "CPU %",
    "MEM USAGE / LIMIT",
    "MEM %",
    "NET I/O",
    "BLOCK I/O",
    "PIDS",
  ]);
  assert.equal(lines.length, 2, stdout);
});

test("stats tells the busy from the idle, and counts their processes", async () => {
  const rows = await fields();
  const share = (name: string) => Number.parseFloat(rows.get(name)?.CPUPerc ?? "");
  assert.ok(share("busy") > 1 && share("idle") < 0.5, JSON.stringify([...rows]));
  assert.equal(rows.get("idle")?.PIDs, "1");
});

test("stats has pressure and OOM kills in its JSON", async () => {
  const row = (await fields("idle")).get("idle");
  for (const name of ["CPUPressure", "MemPressure", "IOPressure"])
    assert.match(row?.[name] ?? "", /^(\d+\.\d\d%|--)$/, name);
  assert.match(row?.OOMKills ?? "", /^(\d+|--)$/);
});

test("stats names what this host cannot count once, and shows it as --", async () => {
  const { stdout, stderr } = await stats("idle");
  const warnings = stderr.split("\n").filter((line) => line.startsWith("WARNING"));
  assert.equal(new Set(warnings).size, warnings.length);
  assert.equal(/no memory controller/.test(stderr), / -- \/ --/.test(stdout));
});

test("stats -a has those that do not run, with zeros; a named one is there anyway", async () => {
  assert.equal((await fields("-a")).get("made")?.MemUsage, "0B / 0B");
  assert.equal((await fields("made")).get("made")?.PIDs, "0");
  assert.equal((await fields()).get("made"), undefined);
});

test("stats of a container that is not there fails at once", async () => {
  const { code, stderr } = await runBrig(["stats", "nosuch"], { root });
  assert.match(stderr, /No such container: nosuch/);
  assert.equal(code, 1);
});

test("without a terminal stats prints table after table until it is interrupted", async () => {
  const brig = new BrigProcess(["stats", "--format", "{{.Name}}", "idle"], root);
  try {
    await brig.waitForOutput(/idle\nidle\n/);
    brig.child.kill("SIGINT");
    assert.equal(await brig.ended, 130);
    assert.ok(!brig.stdout.includes("\u001b"));
  } finally {
    brig.dispose();
  }
});

test("on a terminal stats redraws one table in place", async () => {
  const terminal = await Terminal.open({
    argv: brigCommand(root, ["stats", "idle"]),
    env: brigEnvironment(root),
    directory: root.directory,
  });
  try {
    await terminal.waitFor(/idle/);
    await runBrig(["stats", "--no-stream"], { root });
    await runBrig(["stats", "--no-stream"], { root });
    // The terminal may be looked at while a table is being drawn, or before the next one follows a new size.
    const heading = /CONTAINER ID/g;
    const shows = (wanted: (screen: string) => boolean) => eventually(() => terminal.screen(), wanted);
    await shows((screen) => /idle/.test(screen) && screen.match(heading)?.length === 1);
    await terminal.resize(200, 30);
    await terminal.waitFor(/CPU PRESSURE +MEM PRESSURE +I\/O PRESSURE +OOM KILLS\n/);
    await terminal.resize(40, 30);
    await shows(
      (narrow) =>
        /^(?![\s\S]*BLOCK)[\s\S]*idle/.test(narrow) &&
        narrow.match(heading)?.length === 1 &&
        narrow.split("\n").filter((line) => /^[0-9a-f]{12} /.test(line)).length === 1,
    );
  } finally {
    await terminal.close();
  }
});
