import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import { EngineError, errnoOf } from "./errors.ts";
import { decodeRecords, encodeRecords, type HelperOrder, type HelperRecord } from "./helperRecords.ts";

export interface HelperOutcome {
  /** The exit status, or 128 and the number of the signal that ended it. */
  readonly status: number;
  /** What it wrote to stdout, and then how it went (native/launch.h). */
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
 * Starts the native helper with a plan whose operations it executes by itself, one after the other, with an empty
 * environment and nothing of ours but pipes. The caller ends `stdin` and awaits `ended`.
 */
export function spawnHelper(helperPath: string, plan: readonly HelperOrder[]): HelperProcess {
  const stdio = ["pipe", "pipe", "ignore", "pipe"] as const;
  const child: ChildProcess = spawn(helperPath, ["launch"], { cwd: "/", env: {}, stdio: [...stdio] });
  // What was asked for as a pipe is there, whether or not the program could be started.
  const [stdin, stdout, , control] = child.stdio as unknown as readonly [Writable, Readable, null, Socket];
  for (const stream of [stdin, control]) stream.on("error", () => undefined);
  const ended = outcomeOf(child, [stdout, control], helperPath);
  const orders = plan.map(({ op, fields }) => ({ op, fields: { phase: "host", ...fields } }));
  control.write(encodeRecords([...orders, { op: "end", fields: {} }]));
  // The caller may look at it late; a rejection before that is not an unhandled one.
  ended.catch(() => undefined);
  return { stdin, ended, kill: () => void child.kill("SIGKILL") };
}

async function outcomeOf(
  child: ChildProcess,
  outputs: readonly Readable[],
  helperPath: string,
): Promise<HelperOutcome> {
  const outputBytes = outputs.map(collect);
  return new Promise((resolve, reject) => {
    child.once("error", (error) => reject(startError(error, helperPath)));
    child.once("close", (code, signal) => {
      const status = code ?? 128 + (signalNumbers[signal ?? ""] ?? 0);
      resolve({ status, records: outputBytes.flatMap((bytes) => decodeRecords(bytes())) });
    });
  });
}

/** What a stream has brought so far, up to a limit. */
function collect(output: Readable): () => Buffer {
  const chunks: Buffer[] = [];
  let size = 0;
  output.on("data", (chunk: Buffer) => {
    if (size < outputLimit) chunks.push(chunk);
    size += chunk.length;
  });
  return () => Buffer.concat(chunks).subarray(0, outputLimit);
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
