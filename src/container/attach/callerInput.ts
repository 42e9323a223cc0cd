import { constants, createReadStream, fstatSync, openSync } from "node:fs";
import { Socket } from "node:net";
import type { Readable } from "node:stream";
import { isatty, ReadStream } from "node:tty";

/** What the caller types or pipes in. */
export interface CallerInput {
  readonly stream: Readable;
  /** Puts the terminal back and reads no more. Idempotent. */
  close(): void;
}

/**
 * Takes over the caller's stdin without ever blocking a thread on it: a read that nothing ends would keep the process from
 * ending. A pipe is opened anew, so that others who share it are not surprised by O_NONBLOCK. `raw`: a terminal sends
 * each key as it is and echoes nothing (termios(3)); Node puts it back too when the process ends in another way.
 */
export function openCallerInput(fd: number, { raw }: { readonly raw: boolean }): CallerInput {
  if (isatty(fd)) return openTerminal(fd, raw);
  const stat = fstatSync(fd);
  const stream =
    stat.isFIFO() || stat.isSocket()
      ? new Socket({ fd: stat.isFIFO() ? reopen(fd) : fd, readable: true, writable: false })
      : createReadStream("", { fd });
  stream.on("error", () => undefined); // the same as its end
  return { stream, close: () => void stream.destroy() };
}

function openTerminal(fd: number, raw: boolean): CallerInput {
  const terminal = new ReadStream(fd);
  if (raw) terminal.setRawMode(true);
  terminal.on("error", () => undefined); // EIO: the terminal is gone
  return {
    stream: terminal,
    close() {
      if (!terminal.destroyed && terminal.isRaw) terminal.setRawMode(false);
      terminal.destroy();
    },
  };
}

function reopen(fd: number): number {
  return openSync(`/proc/self/fd/${fd}`, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
}
