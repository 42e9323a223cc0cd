import { closeSync, openSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { EngineError, fileSystemError } from "./errors.ts";
import { type LockMode, tryFlock } from "./libc.ts";

export interface LockRequest {
  readonly mode: LockMode;
  /** How long to wait for others; without end when left out, a single attempt with 0. */
  readonly patienceMs?: number;
  readonly signal?: AbortSignal;
}

export interface HeldLock {
  /** Gives the lock back. Idempotent. */
  release(): void;
}

const longestPauseMs = 50;

/**
 * Takes the advisory lock on a file that stands for something (flock(2)); the file is made when missing and is never
 * removed, since a lock on a file that lost its name excludes nobody. The kernel releases the lock when the process
 * dies, however it dies. Returns undefined when `patienceMs` ran out.
 *
 * @throws EngineError `interrupted` when the signal fires, `fileSystem`.
 */
export async function acquireLock(path: string, request: LockRequest): Promise<HeldLock | undefined> {
  const fd = openLockFile(path);
  let open = true;
  const release = (): void => {
    if (open) closeSync(fd);
    open = false;
  };
  try {
    if (await lockDescriptor(fd, request)) return { release };
  } catch (error) {
    release();
    throw error;
  }
  release();
  return undefined;
}

function openLockFile(path: string): number {
  try {
    return openSync(path, "a", 0o600);
  } catch (error) {
    throw fileSystemError(error, "open the lock file", path);
  }
}

/**
 * Locks an open file. Returns false when `patienceMs` ran out. Closing the descriptor gives the lock back.
 *
 * Attempts with pauses instead of a blocking call: a call that waits would sit in one of the four threads that also
 * do the file work of whoever holds the lock in this same process, and four of them would wait for each other for ever.
 */
export async function lockDescriptor(fd: number, { mode, patienceMs, signal }: LockRequest): Promise<boolean> {
  const deadline = patienceMs === undefined ? Number.POSITIVE_INFINITY : performance.now() + patienceMs;
  for (let pause = 1; ; pause = Math.min(pause * 2, longestPauseMs)) {
    throwIfAborted(signal);
    if (await tryFlock(fd, mode)) return true;
    if (performance.now() >= deadline) return false;
    // Half fixed, half random, so that processes that started together do not keep meeting.
    await delay(pause / 2 + (Math.random() * pause) / 2);
  }
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted)
    throw new EngineError("interrupted", "interrupted while waiting for a lock", { cause: signal.reason });
}

/** Runs `action` under the lock on `path` and gives the lock back whatever happens. Throws what `acquireLock` and `action` throw. */
export async function withLock<Result>(
  path: string,
  request: Omit<LockRequest, "patienceMs">,
  action: () => Promise<Result> | Result,
): Promise<Result> {
  const lock = await acquireLock(path, request);
  try {
    return await action();
  } finally {
    lock?.release();
  }
}
