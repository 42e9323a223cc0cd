import type { CommandContext, TextSink } from "../../../src/cli/context.ts";
import { runCli } from "../../../src/cli/index.ts";
import type { RunObserver, RunOptions, RunStreams } from "../../../src/container/index.ts";
import type { Engine, EngineSettings } from "../../../src/engine.ts";

/** What a command line did: its outputs, its status and what it asked of the engine. */
export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
  readonly settings: EngineSettings | undefined;
  readonly runs: readonly RunOptions[];
}

export interface Surroundings {
  readonly engine?: Partial<Engine>;
  readonly env?: Readonly<Record<string, string>>;
  readonly isTty?: boolean;
  readonly columns?: number;
  readonly signal?: AbortSignal;
  readonly onRun?: (observer: RunObserver | undefined, streams: RunStreams) => void;
}

export const fixedNow = new Date("2026-03-01T12:00:00Z");

/** A sink that remembers what was written. */
export function fakeSink(
  fd: number,
  size: { isTty?: boolean; columns?: number; rows?: number } = {},
): TextSink & { text: string } {
  const { isTty = false, columns = 80, rows = 24 } = size;
  return {
    fd,
    isTty,
    text: "",
    columns: () => columns,
    rows: () => rows,
    write(text) {
      this.text += text;
    },
    async pour(bytes) {
      this.text += Buffer.from(bytes).toString();
    },
  };
}

/** Runs a command line against a fake engine: no process, no root, no disk. */
export async function brig(argv: readonly string[], surroundings: Surroundings = {}): Promise<Ran> {
  const { engine = {}, env = {}, isTty = false, columns = 80, signal, onRun } = surroundings;
  const stdout = fakeSink(1, { isTty, columns });
  const stderr = fakeSink(2, { isTty, columns });
  const runs: RunOptions[] = [];
  let settings: EngineSettings | undefined;
  const fakeRun: Partial<Engine> = {
    run: async (options, streams, observer) => {
      runs.push(options);
      onRun?.(observer, streams);
      return { id: "f".repeat(64), name: "fake", exitCode: 0, oomKilled: false, removed: true } as never;
    },
  };
  const context: CommandContext = {
    argv,
    env,
    cwd: "/home/user",
    stdin: { fd: 0, isTty },
    stdout,
    stderr,
    signal: signal ?? new AbortController().signal,
    takeSignals: async function* () {},
    now: () => fixedNow,
    createEngine: async (given) => {
      settings = given;
      // Only the members that a test needs are there; a call of another one is a failure of that test.
      return { ...fakeRun, ...engine } as Engine;
    },
  };
  const status = await runCli(context);
  return { status, out: stdout.text, err: stderr.text, settings, runs };
}
