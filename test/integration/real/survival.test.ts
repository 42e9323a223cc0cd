import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { brigOk, createRoot, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { BrigProcess } from "../../support/brigProcess.ts";
import { busyboxLayout, pushLayout } from "../../support/fixtures.ts";
import { monitorOf, privateMemoryKib } from "../../support/monitors.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";
import { startRegistry } from "../../support/registry.ts";
import { removeRunning, startRunning } from "../../support/runningContainer.ts";
import { eventually } from "../../support/services.ts";
import { mountSmallDisk } from "../../support/smallDisk.ts";
import { processesWithArgument } from "../../support/traces.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
});

after(() => disposeRoot(root));

const once = ["run", "--rm", "--network", "none"];

/** Everything below both roots but images and layers, this host's mounts, and the processes that were given the roots. */
function traces(): readonly string[] {
  const kept = /^(images|layers|cache)(\/|$)/;
  const below = (directory: string) =>
    readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((path) => !kept.test(path));
  const mounts = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .filter((line) => line.includes(root.directory));
  const processes = processesWithArgument(root.root).map((pid) => `process ${pid}`);
  return [...below(root.root), ...below(root.runRoot), ...mounts, ...processes].sort();
}

test("thirty-two run --rm at once all succeed and leave nothing", async () => {
  await brigOk([...once, image, "true"], { root });
  const before = traces();
  const runs = Array.from({ length: 32 }, (_, n) => brigOk([...once, image, "echo", `number ${n}`], { root }));
  const printed = (await Promise.all(runs)).map(({ stdout }) => stdout);
  assert.deepEqual(
    printed,
    runs.map((_, n) => `number ${n}\n`),
  );
  assert.deepEqual(await eventually(async () => traces(), same(before)), before);
});

test("thirty run -d at once are thirty running containers, three times", async () => {
  for (let round = 0; round < 3; round += 1) {
    const names = Array.from({ length: 30 }, (_, n) => `many-${n}`);
    try {
      await Promise.all(names.map((name) => startRunning(root, { name, image })));
      const { stdout } = await brigOk(["ps", "--format", "{{.Names}}"], { root });
      assert.deepEqual(stdout.trim().split("\n").sort(), names.sort());
    } finally {
      await runBrig(["rm", "-f", ...names], { root });
    }
  }
});

test("a hundred run --rm in a row add no file, mount or process", async () => {
  await brigOk([...once, image, "true"], { root });
  const before = traces();
  for (let n = 0; n < 100; n += 1) await brigOk([...once, image, "true"], { root });
  assert.deepEqual(await eventually(async () => traces(), same(before)), before);
});

const same = (before: readonly string[]) => (now: readonly string[]) => now.join("\n") === before.join("\n");

test("each of twenty monitors has less than a mebibyte of memory to itself", async () => {
  const names = Array.from({ length: 20 }, (_, n) => `small-${n}`);
  try {
    const ids: string[] = [];
    for (const name of names) ids.push(await startRunning(root, { name, image }));
    for (const id of ids)
      assert.ok(privateMemoryKib(monitorOf(root, id)) < 1024, `${privateMemoryKib(monitorOf(root, id))} KiB`);
  } finally {
    await removeRunning(root, ...names);
  }
});

test("a reader that never reads holds up neither the container nor its log", async () => {
  const loop = "yes 0123456789 | head -n 400000; echo finished; exec sleep 100000";
  await startRunning(root, { name: "loud", image, command: ["sh", "-c", `read go; ${loop}`], flags: ["-i"] });
  const readers = [
    ["attach", "--no-stdin", "loud"],
    ["logs", "-f", "loud"],
  ].map((words) => new BrigProcess(words, root));
  const writer = new BrigProcess(["attach", "loud"], root);
  try {
    for (const reader of readers) reader.child.stdout.pause();
    writer.child.stdin.write("go\n");
    const { stdout } = await eventually(
      () => brigOk(["logs", "--tail", "1", "loud"], { root }),
      (last) => last.stdout === "finished\n",
    );
    assert.equal(stdout, "finished\n");
    await brigOk(["stop", "-t", "0", "loud"], { root });
  } finally {
    for (const reader of [...readers, writer]) reader.dispose();
    await removeRunning(root, "loud");
  }
});

test("a full disk is named, leaves nothing half-made, loses no exit code, and the next command works once there is room", async () => {
  const disk = await mountSmallDisk(root.directory, 24 << 20);
  const registry = await startRegistry();
  const scratch = createRoot();
  const onDisk: TestRoot = { ...scratch, root: join(disk.directory, "root") };
  const listed = () =>
    ["containers", "names", "pending", "volumes", "idranges"].flatMap((name) =>
      existsSync(join(onDisk.root, name)) ? readdirSync(join(onDisk.root, name)).map((entry) => join(name, entry)) : [],
    );
  try {
    const reference = `${registry.address}/busybox:latest`;
    await pushLayout(await busyboxLayout(), { tag: "latest", to: reference });
    await brigOk(["pull", "-q", reference], { root: onDisk });
    const command = ["sh", "-c", "trap 'exit 7' TERM; while :; do echo line; sleep 0.1; done"];
    await startRunning(onDisk, { name: "keeper", image: reference, command });
    await brigOk(["volume", "create", "first"], { root: onDisk });
    const before = listed();
    disk.fill();
    for (const words of [
      ["create", "--network", "none", "--name", "late", reference],
      ["volume", "create", "second"],
      ["run", "-d", "--network", "none", reference, "sleep", "1000"],
      ["rename", "keeper", "other"],
    ]) {
      const { code, stderr } = await runBrig(words, { root: onDisk });
      assert.notEqual(code, 0, `${words[0]} on a full disk`);
      assert.match(stderr, /no space left on the device \(ENOSPC\)\nhint: free some space/, words[0]);
      assert.deepEqual(listed(), before, words[0]);
    }
    assert.equal((await brigOk(["exec", "keeper", "echo", "alive"], { root: onDisk })).stdout, "alive\n");
    await brigOk(["stop", "keeper"], { root: onDisk });
    const state = ["inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", "keeper"];
    assert.equal((await brigOk(state, { root: onDisk })).stdout, "exited 7\n");
    disk.free();
    assert.equal((await brigOk([...once, reference, "echo", "room"], { root: onDisk })).stdout, "room\n");
    await brigOk(["start", "keeper"], { root: onDisk });
    await brigOk(["stop", "keeper"], { root: onDisk });
    assert.equal((await brigOk(state, { root: onDisk })).stdout, "exited 7\n");
    await brigOk(["rm", "keeper"], { root: onDisk });
  } finally {
    disk.free();
    await runBrig(["rm", "-f", "keeper"], { root: onDisk });
    await registry.stop();
    await eventually(() => disk.unmount());
    disposeRoot(scratch);
  }
});
