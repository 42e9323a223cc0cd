import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { containerPaths } from "../../../../src/container/state/containerPaths.ts";
import { type ContainerState, writeContainerState } from "../../../../src/container/state/containerState.ts";
import { endOfBoot } from "../../../../src/container/state/endOfBoot.ts";
import { type ExitRecord, type RunningRecord, readLiveState } from "../../../../src/container/state/liveState.ts";

const id = "a".repeat(64);

function scratch(t: TestContext, state: ContainerState): string {
  const root = mkdtempSync(join(tmpdir(), "brig-boot-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(containerPaths(root, id).directory, { recursive: true });
  writeContainerState(containerPaths(root, id).state, state);
  return root;
}

const created = (bootId: string): ContainerState => ({
  status: "created",
  started: { bootId, at: "2026-01-01T10:00:00.000Z" },
});

const exit = (finishedAt: string, more: Partial<ExitRecord> = {}): ExitRecord => ({
  started: true,
  exitCode: 3,
  startedAt: "2026-01-01T09:00:00.000000001Z",
  finishedAt,
  restarts: 0,
  failure: "",
  statistics: {},
  ...more,
});

const running = (bootId: string): RunningRecord => ({
  process: { pid: 7, startTime: "42", bootId },
  startedAt: "2026-01-01T10:00:00.000000000Z",
  restarts: 0,
});

test("endOfBoot() ends what was started in an earlier boot and of whose end nothing is known", (t) => {
  const root = scratch(t, created("last"));
  const end = endOfBoot({ root, id, running: undefined, exit: undefined, bootId: "this" });
  assert.ok(end !== undefined);
  const { finishedAt, ...rest } = end;
  assert.deepEqual(rest, {
    started: true,
    exitCode: 137,
    exitCodeKnown: false,
    rebooted: true,
    startedAt: "2026-01-01T10:00:00.000Z",
    restarts: 0,
    failure: "",
    statistics: {},
  });
  assert.ok(Date.parse(finishedAt) > 0 && Date.parse(finishedAt) <= Date.now(), finishedAt);
});

test("endOfBoot() leaves alone what was started in this boot, never, or is being made", (t) => {
  const owner = { pid: 1, startTime: "1", bootId: "last" };
  const intent = { name: "web", imageId: "", diffIds: [], volumes: [] };
  for (const state of [created("this"), { status: "created" }, { status: "creating", owner, intent }] as const) {
    const root = scratch(t, state);
    assert.equal(endOfBoot({ root, id, running: undefined, exit: undefined, bootId: "this" }), undefined);
  }
});

test("endOfBoot() believes an end that was recorded after the start, and no older one", (t) => {
  const root = scratch(t, created("last"));
  const of = (record: ExitRecord) => endOfBoot({ root, id, running: undefined, exit: record, bootId: "this" });
  assert.equal(of(exit("2026-01-01T10:00:00.000900000Z")), undefined);
  assert.equal(of(exit("2026-01-01T11:00:00.000000000Z")), undefined);
  assert.equal(of(exit("2026-01-01T09:59:59.999999999Z"))?.rebooted, true);
});

test("endOfBoot() ends what was to be started again, since its last end", (t) => {
  const root = scratch(t, created("last"));
  const waiting = exit("2026-01-01T11:00:00.000000000Z", { restarting: true, restarts: 4 });
  const end = endOfBoot({ root, id, running: undefined, exit: waiting, bootId: "this" });
  assert.deepEqual(
    [end?.rebooted, end?.restarting, end?.restarts, end?.startedAt],
    [true, undefined, 4, "2026-01-01T11:00:00.000000000Z"],
  );
});

test("endOfBoot() goes by the record of its process where the run-time root outlived the boot", (t) => {
  const root = scratch(t, created("last"));
  const of = (bootId: string) => endOfBoot({ root, id, running: running(bootId), exit: undefined, bootId: "this" });
  assert.equal(of("last")?.rebooted, true);
  assert.equal(of("this"), undefined);
});

test("readLiveState() says that the machine ended it; one whose start failed before never ran", (t) => {
  const root = scratch(t, created("last"));
  const request = { root, runRoot: join(root, "run"), id, bootId: "this" };
  const state = readLiveState(request);
  assert.equal(state.status === "exited" && state.exit.rebooted, true);
  writeFileSync(containerPaths(root, id).failure, "{}\n");
  assert.deepEqual(readLiveState(request), { status: "created" });
  mkdirSync(join(root, "containers", id), { recursive: true });
  writeFileSync(containerPaths(root, id).exit, JSON.stringify(exit("2026-01-01T09:30:00.000000000Z")));
  const before = readLiveState(request);
  assert.equal(before.status === "exited" && before.exit.rebooted, undefined);
});
