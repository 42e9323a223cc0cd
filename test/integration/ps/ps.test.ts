import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { runTool } from "../../support/programs.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";
import { removeEvery } from "../../support/runningContainer.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
});

after(async () => {
  await removeEvery(root);
  disposeRoot(root);
});

const limits = ["--network", "none", "--ulimit", "nofile=1024:1024"];

async function out(...args: readonly string[]): Promise<string> {
  return (await brigOk(args, { root })).stdout.trimEnd();
}

/** The container has ended, whatever its status was. */
async function ended(flags: readonly string[], ...command: readonly string[]): Promise<void> {
  await runBrig(["run", ...limits, ...flags, image, ...command], { root });
}

test("ps shows what containers do and how they ended", async () => {
  await ended(["--name", "done"], "sh", "-c", "exit 3");
  await ended(["--name", "killed"], "sh", "-c", "exit 143");
  await brigOk(["create", ...limits, "--name", "never", image, "true"], { root });
  await brigOk(["run", "-d", ...limits, "--name", "up", image, "sleep", "1000"], { root });
  const rows = (await out("ps", "-a", "--format", "{{.Names}}|{{.State}}|{{.Status}}|{{.Why}}")).split("\n");
  const row = (name: string) => rows.find((line) => line.startsWith(`${name}|`)) ?? "";
  assert.match(row("done"), /^done\|exited\|Exited \(3\) .* ago\|exited with 3$/);
  assert.match(
    row("killed"),
    /^killed\|exited\|Exited \(143\) .* ago\|exited with 143, as a shell does .* SIGTERM ended$/,
  );
  assert.equal(row("never"), "never|created|Created|");
  assert.match(row("up"), /^up\|running\|Up .*\|$/);
  assert.deepEqual(
    rows.map((line) => line.split("|", 1)[0]),
    ["up", "never", "killed", "done"],
  );
  assert.match(await out("ps"), /^CONTAINER ID.*\n.*Up .* up$/);
});

test("ps -n, -l and filters choose containers, and bad ones are refused", async () => {
  const names = (...flags: readonly string[]) => out("ps", "--format", "{{.Names}}", ...flags);
  assert.equal(await names("-l"), "up");
  assert.equal(await names("-n", "2"), "up\nnever");
  assert.equal(await names("-f", "exited=3"), "done");
  assert.equal(await names("-f", "status=created", "-f", "status=running"), "up\nnever");
  assert.equal(await names("-a", "-f", "name=^/up$"), "up");
  assert.equal(await names("-a", "-f", "since=killed"), "up\nnever");
  assert.equal(await names("-a", "-f", "before=killed"), "done");
  assert.equal(await names("-f", `ancestor=${image}`), "up");
  assert.equal(await names("-f", "ancestor=nosuch"), "");
  for (const [filter, message] of [
    ["status=gone", /invalid filter 'status=gone'/],
    ["exited=x", /invalid filter 'exited=x'/],
    ["before=nosuch", /No such container: nosuch/],
    ["colour=red", /invalid filter 'colour'/],
  ] as const) {
    const { code, stderr } = await runBrig(["ps", "-f", filter], { root });
    assert.notEqual(code, 0);
    assert.match(stderr, message);
  }
});

test("ps -s and inspect -s measure what a container has written", async () => {
  await ended(
    ["--name", "writer"],
    "sh",
    "-c",
    "dd if=/dev/zero of=/file bs=1000 count=123 2>/dev/null; ln /file /link",
  );
  assert.match(await out("ps", "-a", "-f", "name=writer", "--format", "{{.Size}}"), /^123kB \(virtual .*MB\)$/);
  const [size, whole] = (await out("inspect", "-s", "-f", "{{.SizeRw}} {{.SizeRootFs}}", "writer")).split(" ");
  assert.equal(size, "123000");
  assert.ok(Number(whole) > 123_000);
});

test("rename gives the new name and frees the old one", async () => {
  await brigOk(["rename", "done", "finished"], { root });
  assert.equal(await out("ps", "-a", "-f", "name=finished", "--format", "{{.Names}}"), "finished");
  for (const [from, to, message] of [
    ["finished", "up", /Conflict. The container name "\/up" is already in use by container/],
    ["finished", "finished", /Renaming a container with the same name as its current name/],
    ["finished", "no/good", /Invalid container name \(no\/good\)/],
    ["done", "other", /No such container: done/],
  ] as const) {
    const { code, stderr } = await runBrig(["rename", from, to], { root });
    assert.equal(code, 1);
    assert.match(stderr, message);
  }
  await brigOk(["create", ...limits, "--name", "done", image, "true"], { root });
  const id = await out("inspect", "-f", "{{.Id}}", "finished");
  const events = readFileSync(join(root.root, "events.ndjson"), "utf8").split("\n");
  const renamed = events.find((line) => line.includes('"action":"rename"')) ?? "{}";
  assert.deepEqual([JSON.parse(renamed).id, JSON.parse(renamed).oldName], [id, "/done"]);
});

test("a rename whose record cannot be written gives the new name back", async () => {
  const id = await out("inspect", "-f", "{{.Id}}", "finished");
  const record = join(root.root, "containers", id, "container.json");
  await runTool("mount", ["--bind", record, record]);
  try {
    const { code, stderr } = await runBrig(["rename", "finished", "elsewhere"], { root });
    assert.equal(code, 1);
    assert.match(stderr, /container.json/);
    assert.equal(readdirSync(join(root.root, "names")).includes("elsewhere"), false);
    assert.equal(await out("inspect", "-f", "{{.Name}}", "finished"), "/finished");
  } finally {
    await runTool("umount", [record]);
  }
  await brigOk(["rename", "finished", "elsewhere"], { root });
  await brigOk(["rename", "elsewhere", "finished"], { root });
});

test("why says it in one sentence, and a failed start keeps its reason", async () => {
  assert.equal(await out("why", "finished"), "finished: exited with 3");
  assert.match(await out("why", "up"), /^up: it has been running since 20/);
  assert.equal(await out("why", "never"), "never: it was never started");
  await brigOk(["create", ...limits, "--name", "broken", image, "/bin/nosuch"], { root });
  const started = await runBrig(["start", "broken"], { root });
  assert.equal(started.code, 1);
  assert.match(await out("why", "broken"), /^broken: could not be started: exec: "\/bin\/nosuch": stat \/bin\/nosuch/);
  const state = JSON.parse(await out("inspect", "-f", "{{json .State}}", "broken"));
  assert.deepEqual([state.Status, state.ExitCode], ["created", 127]);
  assert.match(state.Error, /no such file or directory/);
  assert.equal(await out("ps", "-a", "-f", "name=broken", "--format", "{{.Status}}"), "Created");
});

test("container prune removes what does not run, and only that", async () => {
  const refused = await runBrig(["container", "prune"], { root, stdin: "n\n" });
  assert.equal(refused.code, 0);
  assert.match(refused.stdout, /^WARNING! This will remove all stopped containers\.\nAre you sure/);
  assert.equal(await out("ps", "-a", "-q", "-f", "name=^finished$").then((ids) => ids.length), 12);
  const kept = await out("container", "prune", "-f", "--filter", "until=1h");
  assert.equal(kept, "Total reclaimed space: 0B");
  const pruned = await runBrig(["container", "prune"], { root, stdin: "y\n" });
  assert.match(pruned.stdout, /Deleted Containers:\n([0-9a-f]{64}\n)+\nTotal reclaimed space: 123kB\n$/);
  assert.equal(await out("ps", "-a", "--format", "{{.Names}}"), "up");
});
