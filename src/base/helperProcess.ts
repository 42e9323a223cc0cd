import { type ChildProcess, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { EngineError, errnoOf } from "./errors.ts";

/** One record that the helper wrote (native/record.h). Strings hold one byte a character: the helper's text is bytes. */
export interface HelperRecord {
  readonly op: string;
  readonly fields: ReadonlyMap<string, string>;
}

export interface HelperOutcome {
  /** The exit status, or 128 and the number of the signal that ended it. */
  readonly status: number;
  readonly records: readonly HelperRecord[];
}

export interface HelperProcess {
  /** What the helper reads. A broken pipe is not an error here: `ended` has the reason. */
  readonly stdin: Writable;
  /** Settles when the helper is gone; rejects with `helperMissing` when it could not be started. */
  readonly ended: Promise<HelperOutcome>;
  /** Ends the helper at once. Idempotent. */
  kill(): void;
}

const outputLimit = 64 * 1024;
const signalNumbers: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGTERM: 15,
};

/**
 * Starts the native helper in one of its roles, with an empty environment and nothing of ours but three pipes. The
 * caller ends `stdin` and awaits `ended`.
 */
export function spawnHelper(helperPath: string, argv: readonly string[]): HelperProcess {
  const child = spawn(helperPath, [...argv], { cwd: "/", env: {}, stdio: ["pipe", "pipe", "ignore"] });
  child.stdin.on("error", () => undefined);
  const ended = outcomeOf(child, child.stdout, helperPath);
  // The caller may look at it late; a rejection before that is not an unhandled one.
  ended.catch(() => undefined);
  return { stdin: child.stdin, ended, kill: () => void child.kill("SIGKILL") };
}

async function outcomeOf(child: ChildProcess, stdout: Readable, helperPath: string): Promise<HelperOutcome> {
  const chunks: Buffer[] = [];
  let size = 0;
  stdout.on("data", (chunk: Buffer) => {
    if (size < outputLimit) chunks.push(chunk);
    size += chunk.length;
  });
  return new Promise((resolve, reject) => {
    child.once("error", (error) => reject(startError(error, helperPath)));
    child.once("close", (code, signal) => {
      const status = code ?? 128 + (signalNumbers[signal ?? ""] ?? 0);
      resolve({ status, records: decodeRecords(Buffer.concat(chunks).subarray(0, outputLimit)) });
    });
  });
}

function startError(error: unknown, helperPath: string): EngineError {
  const missing = errnoOf(error) === "ENOENT";
  return new EngineError(
    "helperMissing",
    `cannot start the native helper "${helperPath}"${missing ? ": it is not there" : ""}`,
    {
      hint: 'build it with "npm run build"',
      cause: error,
    },
  );
}

/** Reads the complete records in `bytes`; a torn one at the end is dropped. */
export function decodeRecords(bytes: Uint8Array): readonly HelperRecord[] {
  const records: HelperRecord[] = [];
  let strings: string[] = [];
  for (const text of Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1").split("\0")) {
    if (text !== "") strings.push(text);
    else if (strings.length > 0) {
      const [op = "", ...fields] = strings;
      records.push({ op, fields: new Map(fields.map(splitField)) });
      strings = [];
    }
  }
  return records;
}

function splitField(field: string): [string, string] {
  const equals = field.indexOf("=");
  return [field.slice(0, equals), field.slice(equals + 1)];
}
