import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { acquireLock, EngineError, syncFileSystem, withLock } from "../../../src/base/index.ts";

function lockPath(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), "brig-lock-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return join(directory, "lock");
}

test("acquireLock() keeps a second exclusive holder out until release()", async (t) => {
  const path = lockPath(t);
  const first = await acquireLock(path, { mode: "exclusive" });
  assert.equal(await acquireLock(path, { mode: "exclusive", patienceMs: 0 }), undefined);
  first?.release();
  first?.release();
  const second = await acquireLock(path, { mode: "exclusive", patienceMs: 0 });
  assert.notEqual(second, undefined);
  second?.release();
});

test("acquireLock() lets shared holders in together and exclusive ones not", async (t) => {
  const path = lockPath(t);
  const one = await acquireLock(path, { mode: "shared", patienceMs: 0 });
  const other = await acquireLock(path, { mode: "shared", patienceMs: 0 });
  assert.ok(one !== undefined && other !== undefined);
  assert.equal(await acquireLock(path, { mode: "exclusive", patienceMs: 20 }), undefined);
  one.release();
  other.release();
});

test("acquireLock() stops waiting when its signal fires", async (t) => {
  const path = lockPath(t);
  const holder = await acquireLock(path, { mode: "exclusive" });
  const controller = new AbortController();
  const waiting = acquireLock(path, { mode: "exclusive", signal: controller.signal });
  controller.abort();
  await assert.rejects(waiting, (error) => error instanceof EngineError && error.code === "interrupted");
  holder?.release();
});

test("withLock() never runs two actions at the same time and gives the lock back after a failure", async (t) => {
  const path = lockPath(t);
  let inside = 0;
  let most = 0;
  const action = async (): Promise<void> => {
    inside += 1;
    most = Math.max(most, inside);
    await new Promise((resolve) => setImmediate(resolve));
    inside -= 1;
    throw new Error("the action failed");
  };
  const runs = await Promise.allSettled(
    Array.from({ length: 12 }, () => withLock(path, { mode: "exclusive" }, action)),
  );
  assert.ok(runs.every((run) => run.status === "rejected"));
  assert.equal(most, 1);
});

test("a lock is free again when its holder is killed", async (t) => {
  const path = lockPath(t);
  const holder = spawn("/usr/bin/flock", ["--no-fork", "--exclusive", path, "/bin/sh", "-c", "echo held; exec cat"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  t.after(() => holder.kill("SIGKILL"));
  await once(holder.stdout, "data");
  assert.equal(await acquireLock(path, { mode: "exclusive", patienceMs: 0 }), undefined);
  holder.kill("SIGKILL");
  holder.stdin.destroy();
  const lock = await acquireLock(path, { mode: "exclusive", patienceMs: 10_000 });
  assert.notEqual(lock, undefined);
  lock?.release();
});

test("syncFileSystem() makes a file system durable and reports a descriptor that is none", async (t) => {
  const fd = openSync(lockPath(t), "w");
  await syncFileSystem(fd);
  closeSync(fd);
  await assert.rejects(syncFileSystem(fd), (error) => error instanceof EngineError && error.code === "fileSystem");
});
