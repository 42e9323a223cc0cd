import assert from "node:assert/strict";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { createCidFile } from "../../../../src/container/state/cidfile.ts";
import { containerPaths } from "../../../../src/container/state/containerPaths.ts";
import { writeContainerState } from "../../../../src/container/state/containerState.ts";
import { generateName } from "../../../../src/container/state/generatedName.ts";
import { nameHolder, releaseName, reserveName } from "../../../../src/container/state/names.ts";
import { abandonedContainers, clearPending, markPending } from "../../../../src/container/state/pending.ts";
import { identifyProcess, isAlive } from "../../../../src/container/state/processIdentity.ts";
import { newUndoStack } from "../../../../src/container/state/undoStack.ts";
import {
  abandonFirstUse,
  claimFirstUse,
  ensureVolume,
  firstUseMark,
  leftoverVolumes,
  renewContent,
} from "../../../../src/container/state/volumes.ts";

const [a, b] = ["a".repeat(64), "b".repeat(64)] as const;

function scratch(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), "brig-state-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

test("reserveName() gives a name to one container and says who has it", async (t) => {
  const root = scratch(t);
  const exists = () => true;
  await reserveName({ root, name: "web", id: a, exists });
  await reserveName({ root, name: "web", id: a, exists });
  await assert.rejects(reserveName({ root, name: "web", id: b, exists }), {
    code: "nameInUse",
    message:
      `Conflict. The container name "/web" is already in use by container "${a}". ` +
      "You have to remove (or rename) that container to be able to reuse that name.",
  });
  releaseName(root, "web", b);
  assert.equal(nameHolder(root, "web"), a);
  releaseName(root, "web", a);
  await reserveName({ root, name: "web", id: b, exists });
});

test("reserveName() takes over the name of a container that is gone, for one of many", async (t) => {
  const root = scratch(t);
  await reserveName({ root, name: "web", id: a, exists: () => true });
  const ids = Array.from({ length: 8 }, (_, index) => String(index).repeat(64));
  const outcomes = await Promise.allSettled(
    ids.map((id) => reserveName({ root, name: "web", id, exists: (holder) => holder !== a })),
  );
  assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
  assert.ok(ids.includes(nameHolder(root, "web") ?? ""));
});

test("isAlive() sees a recycled process id and another boot", () => {
  const self = identifyProcess(process.pid);
  assert.ok(self !== undefined);
  assert.equal(isAlive(self), true);
  assert.equal(isAlive({ ...self, startTime: "1" }), false);
  assert.equal(isAlive({ ...self, bootId: "another" }), false);
  assert.equal(identifyProcess(2 ** 22 + 1), undefined);
});

test("identifyProcess() is not misled by the name of a process, and a zombie is dead", (t) => {
  const proc = scratch(t);
  mkdirSync(join(proc, "sys/kernel/random"), { recursive: true });
  writeFileSync(join(proc, "sys/kernel/random/boot_id"), "boot\n");
  const stat = (state: string) =>
    `7 (a) b (c) ${state} 1 ${Array.from({ length: 17 }, (_, i) => 100 + i).join(" ")} 4242 0 0\n`;
  mkdirSync(join(proc, "7"));
  writeFileSync(join(proc, "7/stat"), stat("S"));
  assert.deepEqual(identifyProcess(7, proc), { pid: 7, startTime: "4242", bootId: "boot" });
  writeFileSync(join(proc, "7/stat"), stat("Z"));
  assert.equal(identifyProcess(7, proc), undefined);
});

test("abandonedContainers() lists those whose maker is dead, and only those", (t) => {
  const root = scratch(t);
  const self = identifyProcess(process.pid);
  assert.ok(self !== undefined);
  assert.deepEqual(abandonedContainers(root), []);
  markPending(root, a, self);
  markPending(root, b, { ...self, startTime: "1" });
  writeFileSync(join(root, "pending", "not-an-id"), "");
  assert.deepEqual(abandonedContainers(root), [b]);
  clearPending(root, b);
  clearPending(root, b);
  assert.deepEqual(abandonedContainers(root), []);
});

test("abandonedContainers() leaves alone what its maker finishes while it looks", (t) => {
  const root = scratch(t);
  mkdirSync(join(root, "pending"));
  symlinkSync("taken-away", join(root, "pending", a)); // listed, and not there when it is read
  assert.deepEqual(abandonedContainers(root), []);
});

test("abandonedContainers() lists a mark that a power cut left empty", (t) => {
  const root = scratch(t);
  mkdirSync(join(root, "pending"));
  for (const [id, text] of [
    [a, ""],
    [b, "null"],
  ] as const)
    writeFileSync(join(root, "pending", id), text);
  assert.deepEqual(abandonedContainers(root).toSorted(), [a, b].toSorted());
});

test("a volume is filled by its first user only, and never when it holds something", (t) => {
  const root = scratch(t);
  const volume = { root, name: "data", anonymous: false, id: a, now: new Date(0) };
  assert.equal(ensureVolume(volume), true);
  assert.equal(ensureVolume(volume), false);
  assert.equal(claimFirstUse(root, "data", a), true);
  assert.equal(claimFirstUse(root, "data", b), false);
  abandonFirstUse(root, "data", a);
  assert.equal(claimFirstUse(root, "data", b), true);
  rmdirSync(firstUseMark(root, "data", b));
  assert.equal(claimFirstUse(root, "data", a), false);
  ensureVolume({ ...volume, name: "full" });
  writeFileSync(join(root, "volumes/full/_data/file"), "");
  assert.equal(claimFirstUse(root, "full", a), false);
  assert.deepEqual(readdirSync(join(root, "volumes/full")).sort(), ["_data", "volume.json"]);
});

test("what a filling that was cut off has left is taken away, unless another container uses the volume", (t) => {
  const root = scratch(t);
  const content = join(root, "volumes/data/_data");
  ensureVolume({ root, name: "data", anonymous: false, id: a, now: new Date(0) });
  claimFirstUse(root, "data", a);
  writeFileSync(join(content, "half"), "");
  assert.equal(renewContent(root, "data", a), true);
  assert.deepEqual(readdirSync(content), []);
  assert.deepEqual(
    leftoverVolumes(root, a).map((path) => readdirSync(path)),
    [["half"]],
  );
  writeFileSync(join(content, "half"), "");
  abandonFirstUse(root, "data", a);
  assert.equal(claimFirstUse(root, "data", b), true);
  assert.equal(renewContent(root, "data", a), false);

  mkdirSync(join(root, "containers", a), { recursive: true });
  const intent = { name: "other", imageId: "", diffIds: [], volumes: [{ name: "data", anonymous: false }] };
  const owner = identifyProcess(process.pid);
  assert.ok(owner);
  writeContainerState(containerPaths(root, a).state, { status: "creating", owner, intent });
  writeFileSync(join(content, "of the other"), "");
  abandonFirstUse(root, "data", b);
  assert.equal(claimFirstUse(root, "data", b), false);
  assert.deepEqual(readdirSync(content), ["of the other"]);
});

test("createCidFile() writes once, refuses an existing file and can be taken back", (t) => {
  const path = join(scratch(t), "cid");
  const first = createCidFile(path);
  assert.throws(() => createCidFile(path), { code: "usage", message: /^container ID file found/ });
  first.write(a);
  assert.equal(readFileSync(path, "utf8"), a);
  first.discard();
  createCidFile(path).discard();
});

test("the undo stack runs backwards and goes on after a failure", async () => {
  const seen: number[] = [];
  const undo = newUndoStack();
  undo.push(() => void seen.push(1));
  undo.push(() => {
    throw new Error("no");
  });
  undo.push(async () => void seen.push(3));
  await undo.run();
  await undo.run();
  assert.deepEqual(seen, [3, 1]);
});

test("generateName() makes valid names, with digits from the second attempt on", () => {
  assert.match(
    generateName(0, () => 0),
    /^[a-z]+_[a-z]+$/,
  );
  assert.match(
    generateName(3, (count) => count - 1),
    /^[a-z]+_[a-z]+999$/,
  );
});
