import { readSync } from "node:fs";
import { errnoOf } from "../base/index.ts";
import type { CommandContext } from "./context.ts";

/** No answer to a question is longer. */
const longestAnswer = 1024;

/**
 * Asks a question on stdout, as Docker does before it removes many things, and waits for one line of stdin. Only `y` and
 * `Y` are a yes; the end of the input is a no.
 */
export function confirm(question: string, { stdin, stdout }: Pick<CommandContext, "stdin" | "stdout">): boolean {
  stdout.write(`${question}\nAre you sure you want to continue? [y/N] `);
  return readLine(stdin.fd).trim().toLowerCase() === "y";
}

/** Byte by byte, so that nothing is taken that belongs to whoever reads after us. */
function readLine(fd: number): string {
  const bytes = Buffer.alloc(longestAnswer);
  for (let size = 0; size < longestAnswer; size += 1) {
    if (!readByte(fd, bytes, size) || bytes[size] === 0x0a) return bytes.toString("utf8", 0, size);
  }
  return "";
}

/** Whether there was a byte. */
function readByte(fd: number, bytes: Buffer, at: number): boolean {
  for (;;) {
    try {
      return readSync(fd, bytes, at, 1, null) === 1;
    } catch (error) {
      // Another process may have made the pipe or terminal non-blocking; whoever types is slower than this loop.
      if (errnoOf(error) !== "EAGAIN") return false;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}
