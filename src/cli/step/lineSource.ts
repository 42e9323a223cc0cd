import { constants, fstatSync, openSync, readSync } from "node:fs";
import { Socket, type SocketConstructorOpts } from "node:net";
import { isatty, ReadStream } from "node:tty";

/** Lines of the caller's stdin, of which nothing is taken that was not asked for: what follows is the payload's. */
export interface LineSource {
  /** The next line, without its end; undefined when there is none. A last one that does not end is one, too. */
  next(): Promise<string | undefined>;
  close(): void;
}

const longestLine = 4096;

/** A terminal gives a line at a time; everything else is read byte by byte. No thread ever blocks on it. */
export function openLines(fd: number): LineSource {
  if (isatty(fd)) return streamLines(longestLine, (onread) => new ReadStream(fd, onread));
  const stat = fstatSync(fd);
  const bytewise = (own: number) =>
    streamLines(1, (onread) => new Socket({ fd: own, readable: true, writable: false, ...onread }));
  if (stat.isFIFO()) return bytewise(openSync(`/proc/self/fd/${fd}`, constants.O_RDONLY | constants.O_NONBLOCK));
  return stat.isSocket() ? bytewise(fd) : { next: async () => readLine(fd), close: () => undefined };
}

/** Of a file: it never keeps anyone waiting. */
function readLine(fd: number): string | undefined {
  const byte = Buffer.alloc(1);
  const line: number[] = [];
  while (readSync(fd, byte) === 1 && byte[0] !== newline && line.length < longestLine) line.push(byte[0] ?? 0);
  return line.length === 0 && byte[0] !== newline ? undefined : Buffer.from(line).toString("utf8");
}

const newline = 10;

/** Collects bytes into lines for the one who waits for the next one. */
function newCollector(pause: () => void) {
  const pieces: Buffer[] = [];
  let ended = false;
  let wake: ((line: string | undefined) => void) | undefined;
  const give = (): void => {
    const text = Buffer.concat(pieces);
    const at = text.indexOf(newline);
    if (wake === undefined || (at < 0 && !ended && text.length < longestLine)) return;
    const cut = at < 0 ? text.length : at + 1;
    const line = text.toString("utf8", 0, at < 0 ? cut : at).replace(/\r$/, "");
    pieces.splice(0, pieces.length, text.subarray(cut));
    pause();
    wake(cut === 0 ? undefined : line);
    wake = undefined;
  };
  return {
    add(piece: Buffer): void {
      pieces.push(Buffer.from(piece));
      give();
    },
    end(): void {
      ended = true;
      give();
    },
    wait: (resume: () => void) =>
      new Promise<string | undefined>((resolve) => {
        wake = resolve;
        resume();
        give();
      }),
  };
}

/** What a terminal answers when a program asks it where its cursor is; a shell that has ended leaves it in the line. */
const reports = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*R`, "g");

/** The types know `onread` of connections only; every socket takes it (net.Socket). */
interface OnRead extends SocketConstructorOpts {
  readonly onread: { readonly buffer: Buffer; callback(size: number, bytes: Uint8Array): boolean };
}

/** Of a terminal a read gives one line, of others as much as there is room for: the kernel keeps the rest. */
function streamLines(room: number, open: (options: OnRead) => Socket): LineSource {
  let wanted = false;
  const lines = newCollector(() => {
    wanted = false;
  });
  const callback = (size: number, bytes: Uint8Array) => {
    lines.add(Buffer.from(bytes.subarray(0, size)));
    return wanted;
  };
  const stream = open({ onread: { buffer: Buffer.alloc(room), callback } });
  for (const end of ["end", "error", "close"]) stream.on(end, () => lines.end()); // EIO: the terminal is gone
  const next = async () => {
    const line = await lines.wait(() => {
      wanted = true;
      stream.resume();
    });
    return line?.replaceAll(reports, "");
  };
  return { next, close: () => void stream.destroy() };
}
