import { readSync } from "node:fs";
import { ReadStream } from "node:tty";
import { EngineError, errnoOf } from "../base/index.ts";
import type { CommandContext } from "./context.ts";

/** No answer to a question is longer. */
const longestAnswer = 1024;
/** No password is longer; tokens are passwords too. */
const longestSecret = 64 * 1024;

type Asking = Pick<CommandContext, "stdin" | "stdout" | "signal">;

/** Asks on stdout and waits for one line of stdin, without its end; the end of the input is an empty line. */
export function askLine(question: string, { stdin, stdout }: Omit<Asking, "signal">): string {
  stdout.write(question);
  return readLine(stdin.fd).trim();
}

/** Byte by byte, so that nothing is taken that belongs to whoever reads after us. */
function readLine(fd: number): string {
  const bytes = Buffer.alloc(longestAnswer);
  for (let size = 0; size < longestAnswer; size += 1) {
    if (!readInto(fd, bytes.subarray(size, size + 1)) || bytes[size] === 0x0a) return bytes.toString("utf8", 0, size);
  }
  return "";
}

/** Returns how many bytes there were; 0 at the end. */
function readInto(fd: number, bytes: Buffer): number {
  for (;;) {
    try {
      return readSync(fd, bytes, 0, bytes.length, null);
    } catch (error) {
      // Another process may have made the pipe or terminal non-blocking; whoever types is slower than this loop.
      if (errnoOf(error) !== "EAGAIN") return 0;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

/**
 * All of stdin as a secret, without the end of its last line.
 *
 * @throws EngineError `invalidValue` when there is too much of it.
 */
export function readSecret({ stdin }: Pick<Asking, "stdin">): string {
  const bytes = Buffer.alloc(longestSecret + 1);
  let size = 0;
  for (let count = 1; count > 0 && size < bytes.length; size += count) count = readInto(stdin.fd, bytes.subarray(size));
  if (size <= longestSecret) return bytes.toString("utf8", 0, size).replace(/\r?\n$/, "");
  throw new EngineError("invalidValue", `the password on stdin has more than ${longestSecret} bytes`);
}

const keys = { end: new Set(["\r", "\n", "\x04"]), interrupt: "\x03", erase: new Set(["\x7f", "\b"]), clear: "\x15" };

/**
 * Asks on a terminal for what nobody may see: while it is typed, nothing is shown.
 *
 * @throws EngineError `interrupted` by control C or the context's signal.
 */
export async function askSecret(question: string, { stdin, stdout, signal }: Asking): Promise<string> {
  const terminal = new ReadStream(stdin.fd);
  terminal.setRawMode(true);
  stdout.write(question);
  try {
    return await new Promise((resolve, reject) => {
      const line = new SecretLine();
      signal.addEventListener("abort", () => reject(interrupted()), { once: true });
      terminal.setEncoding("utf8").on("data", (text) => {
        const outcome = line.type(String(text));
        if (outcome === "interrupted") reject(interrupted());
        else if (outcome === "complete") resolve(line.text);
      });
      terminal.once("end", () => resolve(line.text)).once("error", reject);
    });
  } finally {
    // Before the terminal is closed: nobody could make it echo again afterwards.
    terminal.setRawMode(false);
    terminal.destroy();
    stdout.write("\n");
  }
}

/** What was typed so far, with the keys by which a terminal edits a line. */
class SecretLine {
  #typed: string[] = [];

  get text(): string {
    return this.#typed.join("");
  }

  type(text: string): "open" | "complete" | "interrupted" {
    for (const key of text) {
      if (keys.end.has(key)) return "complete";
      if (key === keys.interrupt) return "interrupted";
      if (key === keys.clear) this.#typed = [];
      else if (keys.erase.has(key)) this.#typed.pop();
      else if (this.#typed.length < longestSecret) this.#typed.push(key);
    }
    return "open";
  }
}

function interrupted(): EngineError {
  return new EngineError("interrupted", "interrupted", { details: { exitStatus: 130 } });
}
