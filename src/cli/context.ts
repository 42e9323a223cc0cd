import type { Engine, EngineSettings } from "../engine.ts";

/** One of the command's own output streams. */
export interface TextSink {
  readonly fd: number;
  readonly isTty: boolean;
  /** The width of the terminal at this moment; 80 when there is none. */
  columns(): number;
  /** Its height; 24 when there is none. */
  rows(): number;
  /** Writes all of the text. After the reader has gone away nothing more is written and nothing is thrown. */
  write(text: string): void;
  /**
   * Writes bytes as they are, waiting for the reader without keeping the process from anything else; they must not
   * change meanwhile. After the reader has gone away as `write`.
   */
  pour(bytes: Uint8Array): Promise<void>;
}

/** Everything of the process that a command may know, as one value: only src/main.ts touches `process`. */
export interface CommandContext {
  /** The words after the name of the program. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin: { readonly fd: number; readonly isTty: boolean };
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  /** Aborted by the first SIGINT or SIGTERM that no command listens to by itself. */
  readonly signal: AbortSignal;
  /** Takes over the signals that should reach a container instead of ending brig. */
  takeSignals(): AsyncIterable<NodeJS.Signals>;
  now(): Date;
  createEngine(settings: EngineSettings): Promise<Engine>;
}

/** What a command found out. Printing it and ending the process happen in one place each. */
export interface Outcome {
  /** Complete lines for stdout. */
  readonly output?: string;
  /** What went wrong with some of the arguments while others worked. */
  readonly failures?: readonly unknown[];
  /** 0 without failures and 1 with some, when left out. */
  readonly exitStatus?: number;
}
