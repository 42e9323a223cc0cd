import { closeSync, constants } from "node:fs";
import { join } from "node:path";
import { openIfExists } from "../../base/index.ts";

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

/** Without waiting for a writer. A container that has ended at once may be gone. */
const pipeFlags = constants.O_NONBLOCK | constants.O_NOFOLLOW;

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
        const fd = held.has(stream) ? undefined : openIfExists(join(runDirectory, name), pipeFlags);
        if (fd !== undefined) held.set(stream, fd);
      }
    },
    letGo,
    close() {
      for (const stream of [0, 1]) letGo(stream);
    },
  };
}
