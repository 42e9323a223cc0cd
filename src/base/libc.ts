import { getSystemErrorName } from "node:util";
import { describeErrno, EngineError } from "./errors.ts";

/** LOCK_SH, LOCK_EX, LOCK_NB of flock(2). */
const lockShared = 1;
const lockExclusive = 2;
const lockNonBlocking = 4;

export type LockMode = "exclusive" | "shared";

interface Libc {
  readonly flock: (fd: number, operation: number) => number;
  readonly syncfs: { async(fd: number, done: (error: unknown, result: number) => void): void };
  readonly ioctl: (fd: number, request: number) => number;
  readonly errno: () => number;
}

let loading: Promise<Libc> | undefined;

/**
 * Loads koffi on the first call only: it costs 6 ms and a shared object that most commands never need. The handle is
 * kept because it is a fact of the process that cannot go stale.
 */
function libc(): Promise<Libc> {
  loading ??= loadLibc();
  return loading;
}

async function loadLibc(): Promise<Libc> {
  try {
    const { default: koffi } = await import("koffi");
    // No path: the symbols of the C library that Node itself is linked to, be it glibc or musl (dlopen(3)).
    const library = koffi.load(null);
    return {
      flock: library.func("int flock(int fd, int operation)"),
      syncfs: library.func("int syncfs(int fd)"),
      ioctl: library.func("int ioctl(int fd, unsigned long request)"),
      errno: () => koffi.errno(),
    };
  } catch (cause) {
    throw new EngineError("helperMissing", 'cannot load the package "koffi", which calls flock(2) for brig', {
      hint: 'run "npm ci" in the directory of brig; koffi needs a prebuilt binary for this processor and C library',
      cause,
    });
  }
}

/**
 * One attempt at an advisory lock on an open file (flock(2)); never waits. Returns false when someone else holds a
 * lock in the way. The lock belongs to the open file description: closing the descriptor, or dying, gives it back.
 *
 * @throws EngineError `fileSystem` for anything but "would block".
 */
export async function tryFlock(fd: number, mode: LockMode): Promise<boolean> {
  const { flock, errno } = await libc();
  for (;;) {
    if (flock(fd, (mode === "shared" ? lockShared : lockExclusive) | lockNonBlocking) === 0) return true;
    const name = getSystemErrorName(-errno());
    if (name === "EAGAIN" || name === "EWOULDBLOCK") return false;
    if (name !== "EINTR") {
      throw new EngineError("fileSystem", `cannot lock a file: ${describeErrno(name)}`, { details: { errno: name } });
    }
  }
}

/**
 * Makes everything that was written to the file system of `fd` durable (syncfs(2)), in a thread of its own because
 * it can take seconds.
 *
 * @throws EngineError `fileSystem` when the kernel could not write something back.
 */
export async function syncFileSystem(fd: number): Promise<void> {
  const { syncfs } = await libc();
  const result = await new Promise<number>((resolve, reject) => {
    syncfs.async(fd, (error, value) => (error ? reject(error) : resolve(value)));
  });
  // errno belongs to the worker's thread and is gone; the kernel's log has the reason.
  if (result !== 0) {
    throw new EngineError("fileSystem", "cannot make a file system durable: syncfs(2) failed", {
      hint: "the kernel's log (dmesg) says which device could not be written",
    });
  }
}

/** NS_GET_USERNS of ioctl_ns(2). */
const getUserNamespace = 0xb701;

/**
 * A new descriptor of the user namespace that owns the namespace of `fd`, or, of a user namespace, of its parent
 * (ioctl_ns(2)). The caller closes it. Undefined when that one is not the caller's or below it.
 */
export async function openOwningNamespace(fd: number): Promise<number | undefined> {
  const { ioctl } = await libc();
  const owner = ioctl(fd, getUserNamespace);
  return owner < 0 ? undefined : owner;
}
