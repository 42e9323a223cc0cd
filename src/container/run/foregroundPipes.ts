import { closeSync, constants, openSync } from "node:fs";
import { join } from "node:path";
import { errnoOf } from "../../base/index.ts";

/**
 * The reading ends of a payload's pipes, held beside the monitor's, so that the payload may go on writing while a monitor
 * that was killed is replaced. What nobody reads is let go of, so that the payload notices.
 */
export interface ForegroundPipes {
  /** Once the monitor has made them. */
  open(): void;
  /** 0: stdout, 1: stderr. */
  letGo(stream: number): void;
  /** Idempotent. */
  close(): void;
}

export function foregroundPipes(runDirectory: string): ForegroundPipes {
  const held = new Map<number, number>();
  const letGo = (stream: number): void => {
    const fd = held.get(stream);
    if (fd !== undefined) closeSync(fd);
    held.delete(stream);
  };
  return {
    open() {
      for (const [stream, name] of ["stdout", "stderr"].entries()) {
        const fd = held.has(stream) ? undefined : openIfThere(join(runDirectory, name));
        if (fd !== undefined) held.set(stream, fd);
      }
    },
    letGo,
    close() {
      for (const stream of [0, 1]) letGo(stream);
    },
  };
}

/** A container that has ended at once may be gone. */
function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}
