import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import type { CheckedFinding } from "../../../src/container/index.ts";
import { brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { runTool } from "../../support/programs.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";
import { removeRunning, startRunning } from "../../support/runningContainer.ts";
import { unifiedHierarchy } from "../../support/traces.ts";

let root: TestRoot;
let image: string;
/** A container that does not run. */
let idle: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
  idle = (await brigOk(["create", "--name", "idle", "--network", "none", image], { root })).stdout.trim();
  await startRunning(root, { name: "running", image });
});

after(async () => {
  await removeRunning(root, "idle", "running");
  disposeRoot(root);
});

const stranger = "c0ffee".padEnd(64, "0");

/** Faults, and what can be told to belong to this root. */
async function check(...flags: readonly string[]): Promise<{ code: number; findings: readonly CheckedFinding[] }> {
  const { code, stdout, stderr } = await runBrig(["system", "check", "--format", "json", ...flags], { root });
  assert.equal(stderr, "");
  const findings = stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as CheckedFinding);
  return { code, findings: findings.filter(({ severity }) => severity === "fault") };
}

/** Plants a fault, sees it found and repaired, and sees that nothing else was touched. */
async function findsAndRepairs(expected: RegExp, plant: () => void, ...flags: readonly string[]): Promise<void> {
  assert.deepEqual(await check(...flags), { code: 0, findings: [] });
  plant();
  const found = await check(...flags);
  assert.equal(found.code, 1);
  assert.match(found.findings.map(({ check, sentence }) => `${check}: ${sentence}`).join("\n"), expected);
  const repaired = await check("--repair", ...flags);
  assert.deepEqual(
    repaired.findings.map(({ repaired, failure }) => ({ repaired, failure })),
    found.findings.map(() => ({ repaired: true, failure: undefined })),
  );
  assert.equal(repaired.code, 0);
  assert.deepEqual(await check(...flags), { code: 0, findings: [] });
  const { stdout } = await brigOk(["ps", "-a", "--format", "{{.Names}} {{.State}}"], { root });
  assert.deepEqual(stdout.trim().split("\n").sort(), ["idle created", "running running"]);
}

const inRoot = (...names: readonly string[]): string => join(root.root, ...names);
const dead = (): string => JSON.stringify({ pid: 1, startTime: "1", bootId: "none" });
const madeBy = (state: string): void => {
  mkdirSync(inRoot("containers", stranger, "upper"), { recursive: true });
  writeFileSync(inRoot("containers", stranger, "state.json"), state);
};

test("a clean root is clean, in words and in JSON", async () => {
  const { stdout } = await brigOk(["system", "check", "--deep"], { root });
  assert.match(stdout, /^no fault$/m);
});

test("a name, a range of ids and an interrupted change of one are made free", () =>
  findsAndRepairs(/reservations: the name[\s\S]*reservations: the range[\s\S]*interrupted/, () => {
    symlinkSync(stranger, inRoot("names", "gone"));
    mkdirSync(inRoot("idranges"), { recursive: true });
    symlinkSync(stranger, inRoot("idranges", "77"));
    symlinkSync(`1.1.${"0".repeat(32)}`, inRoot("idranges", "78.claim"));
  }));

test("a container whose making was interrupted goes, with its mark and without", () =>
  findsAndRepairs(/half-made: whoever made or removed the container c0ffee/, () => {
    const intent = { name: "", imageId: "", diffIds: [], volumes: [] };
    madeBy(JSON.stringify({ status: "creating", owner: JSON.parse(dead()), intent }));
    writeFileSync(inRoot("pending", stranger), dead());
    writeFileSync(inRoot("pending", stranger.replace("c", "d")), dead());
  }));

test("what an interrupted removal or write left is deleted", () =>
  findsAndRepairs(/trash: a removal[\s\S]*trash: the write/, () => {
    mkdirSync(inRoot("containers", `.${stranger}.gone`, "upper"), { recursive: true });
    writeFileSync(inRoot("containers", idle, "state.json.0123456789ab.tmp"), "{");
  }));

test("the group of a container that does not run is removed", async () => {
  const hierarchy = unifiedHierarchy();
  assert.ok(hierarchy !== undefined);
  // With a process in it: an empty one could be taken away by a check of another root.
  const left = spawn("/usr/bin/sleep", ["1000"], { stdio: "ignore" });
  const ended = once(left, "exit");
  await findsAndRepairs(/groups: the group of container/, () => {
    mkdirSync(join(hierarchy, "brig", idle));
    writeFileSync(join(hierarchy, "brig", idle, "cgroup.procs"), `${left.pid}`);
  });
  assert.deepEqual(await ended, [null, "SIGKILL"]);
});

test("a run-time directory without a container is removed", () =>
  findsAndRepairs(/run-directories: its container is gone/, () =>
    mkdirSync(join(root.runRoot, "containers", stranger)),
  ));

test("staging directories and unfinished downloads are deleted", () =>
  findsAndRepairs(/staging: whoever[\s\S]*downloads: the write/, () => {
    mkdirSync(inRoot("layers", ".staging", `${"0".repeat(16)}.1.1.${"0".repeat(32)}`, "tree"), { recursive: true });
    writeFileSync(inRoot("images", "partial", "0123.abc.tmp"), "half");
  }));

test("half-made volumes are deleted, and one that was about to be removed comes back", async () => {
  await brigOk(["volume", "create", "kept"], { root });
  await findsAndRepairs(/volume-trash: the creation[\s\S]*volume-trash: the removal/, () => {
    mkdirSync(inRoot("volumes", `.${stranger}.0123456789ab`, "_data"), { recursive: true });
    renameSync(inRoot("volumes", "kept"), inRoot("volumes", ".checking.0123.kept"));
  });
  assert.ok(existsSync(inRoot("volumes", "kept", "_data")));
  await findsAndRepairs(/volumes: the container c0ffee/, () =>
    renameSync(inRoot("volumes", "kept", "unused"), inRoot("volumes", "kept", `filling.${stranger}`)),
  );
  await brigOk(["volume", "rm", "kept"], { root });
});

test("a volume that nobody named and nobody uses is reported and left alone", async () => {
  const name = (await brigOk(["volume", "create"], { root })).stdout.trim();
  const { stdout } = await brigOk(["system", "check", "--repair"], { root });
  assert.match(stdout, new RegExp(`note      orphan-volumes: .*${name}`));
  assert.ok(existsSync(inRoot("volumes", name)));
  await brigOk(["volume", "rm", name], { root });
});

test("a damaged record is named, and not guessed", async () => {
  const path = inRoot("containers", idle, "launch.json");
  const text = readFileSync(path);
  truncateSync(path, 10);
  const { code, findings } = await check("--repair");
  assert.equal(code, 1);
  assert.deepEqual(
    findings.map(({ sentence, repaired }) => [sentence, repaired]),
    [[`the container ${idle.slice(0, 12)} lacks its record launch.json`, false]],
  );
  writeFileSync(path, text);
});

test("a mount where brig mounts nothing is reported", async () => {
  const place = inRoot("containers", idle, "stage");
  await runTool("mount", ["-t", "tmpfs", "none", place]);
  try {
    assert.match(
      (await check()).findings.map(({ check, object }) => `${check}: ${object}`).join(),
      /^mounts: .*stage$/,
    );
  } finally {
    await runTool("umount", [place]);
  }
});

test("a layer that lost its record is unpacked again from its blob once nothing runs from it", async () => {
  const [layer = ""] = readdirSync(inRoot("layers")).filter((name) => !name.startsWith("."));
  const record = inRoot("layers", layer, "layer.json");
  const text = readFileSync(record);
  rmSync(record);
  const { code, findings } = await check("--repair");
  assert.equal(code, 1);
  assert.match(
    findings.map(({ check, sentence, advice }) => `${check}: ${sentence}: ${advice}`).join("\n"),
    /layers: .*no record: stop/,
  );
  await brigOk(["kill", "running"], { root });
  await brigOk(["wait", "running"], { root });
  assert.equal((await check("--repair")).code, 0);
  assert.deepEqual(readFileSync(record), text);
  await brigOk(["start", "running"], { root });
});
