import { fstatSync, writeSync } from "node:fs";
import { constants } from "node:os";
import { describeErrno, EngineError, errnoOf } from "./base/index.ts";
import { type CommandContext, openPour, type Pour, runCli, type TextSink } from "./cli/index.ts";

/*
 * The one place that touches the process: its words, environment, directory, streams, signals and exit status.
 */

const signalNumbers = constants.signals;

/** What a program that dies of a closed reader ends with (signal(7)). */
const closedReaderStatus = 128 + signalNumbers.SIGPIPE;

/** What a payload may want to hear; the kernel gives the rest a meaning of its own for brig itself. */
const passedSignals: readonly NodeJS.Signals[] = [
  "SIGHUP",
  "SIGINT",
  "SIGQUIT",
  "SIGTERM",
  "SIGUSR1",
  "SIGUSR2",
  "SIGALRM",
  "SIGCONT",
  "SIGWINCH",
];

const interruption = new AbortController();
let signalsAreTaken = false;
let readerIsGone = false;

/** The first SIGINT or SIGTERM asks the command to end, the second ends it. */
function endOn(signal: "SIGINT" | "SIGTERM"): void {
  process.on(signal, () => {
    if (signalsAreTaken) return;
    const exitStatus = 128 + signalNumbers[signal];
    if (interruption.signal.aborted) return exit(exitStatus);
    interruption.abort(new EngineError("interrupted", `interrupted by ${signal}`, { details: { exitStatus } }));
  });
}

/** From the first step of the iteration on, signals are values instead of ends. */
async function* takeSignals(): AsyncGenerator<NodeJS.Signals> {
  const waiting: NodeJS.Signals[] = [];
  let wake = (): void => undefined;
  const listen = (signal: NodeJS.Signals): void => {
    waiting.push(signal);
    wake();
  };
  signalsAreTaken = true;
  for (const signal of passedSignals) process.on(signal, listen);
  const watch = watchTerminal(() => listen("SIGHUP"));
  try {
    for (;;) {
      const signal = waiting.shift();
      if (signal !== undefined) yield signal;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    signalsAreTaken = false;
    clearInterval(watch);
    for (const signal of passedSignals) process.off(signal, listen);
  }
}

/** How often it is looked whether the terminal still is there; the payload has as long to end by itself. */
const terminalPauseMs = 1000;

/**
 * A terminal can be closed without a signal, and a payload can ignore the one that tells of it. It is told once; when it goes
 * on nevertheless, it goes on alone: this process has nobody left to be there for.
 */
function watchTerminal(tell: () => void): NodeJS.Timeout {
  let isTold = false;
  const look = (): void => {
    if (!terminalIsGone()) return;
    if (!isTold) tell();
    else interruption.abort(new EngineError("interrupted", "the terminal has gone away", { details: hungUp }));
    isTold = true;
  };
  return setInterval(look, terminalPauseMs).unref();
}

const hungUp = { exitStatus: 128 + signalNumbers.SIGHUP, quiet: true };

/** Whether one of the standard streams was a terminal that has been closed: it answers no question any more (EIO). */
function terminalIsGone(): boolean {
  return [0, 1, 2].some((fd) => {
    try {
      const stat = fstatSync(fd);
      return stat.isCharacterDevice() && isTerminalMajor(stat.rdev >> 8) && !isTerminal(fd);
    } catch {
      return false; // one that the caller has closed
    }
  });
}

/** Consoles, serial lines and pseudo-terminals (the kernel's devices.txt). */
function isTerminalMajor(major: number): boolean {
  return major === 4 || major === 5 || (major >= 136 && major <= 143);
}

/**
 * Ends the process. Node would put the settings of a terminal back and ends itself with SIGABRT when there is none any more;
 * a program that has lost its terminal ends with SIGHUP anyway (signal(7)).
 */
function exit(status: number): void {
  if (terminalIsGone()) {
    process.removeAllListeners("SIGHUP");
    process.kill(process.pid, "SIGHUP");
  }
  process.exit(status);
}

/** The major number of /dev/null, /dev/zero and their like (the kernel's devices.txt). */
const memoryDevices = 1;

/** Asking costs a module that most commands do not need, so it is asked late, and not of what cannot be a terminal. */
function isTerminal(fd: number): boolean {
  try {
    const stat = fstatSync(fd);
    if (!stat.isCharacterDevice() || stat.rdev >> 8 === memoryDevices) return false;
    return process.getBuiltinModule("node:tty").isatty(fd);
  } catch {
    return false; // a descriptor that the caller has closed is no terminal
  }
}

function openSink(fd: 1 | 2): TextSink {
  const stream = fd === 1 ? () => process.stdout : () => process.stderr;
  return {
    fd,
    get isTty() {
      return isTerminal(fd);
    },
    columns: () => (isTerminal(fd) ? stream().columns || 80 : 80),
    rows: () => (isTerminal(fd) ? stream().rows || 24 : 24),
    write: (text) => writeAll(fd, Buffer.from(text)),
    pour: pourInto(fd),
  };
}

/** The other way to write is for streams: nothing else of the process waits while their reader is slow. */
function pourInto(fd: 1 | 2): TextSink["pour"] {
  let opened: Promise<Pour | undefined> | undefined;
  return async (bytes) => {
    opened ??= openPour(fd);
    const pour = await opened;
    if (pour === undefined) writeAll(fd, bytes);
    else if (!(fd === 1 && readerIsGone) && !(await pour(bytes)) && fd === 1) loseReader();
  };
}

/** Writes synchronously: node's own streams would cost more to load than most commands take. */
function writeAll(fd: 1 | 2, bytes: Uint8Array): void {
  for (let left = bytes; left.length > 0 && !(fd === 1 && readerIsGone); ) {
    try {
      left = left.subarray(writeSync(fd, left));
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === "EAGAIN") pause(5);
      else if (fd === 2)
        return; // nobody is left to be told
      else if (errno === "EPIPE") loseReader();
      else throw unwritable(error, errno ?? "EIO");
    }
  }
}

function unwritable(cause: unknown, errno: string): EngineError {
  return new EngineError("fileSystem", `cannot write to stdout: ${describeErrno(errno)}`, { cause });
}

/** Blocks until a pipe that another process made non-blocking may have room again. */
function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** Output that nobody reads is no reason to go on. */
function loseReader(): void {
  readerIsGone = true;
  interruption.abort(
    new EngineError("interrupted", "the reader of the output has gone away", {
      details: { exitStatus: closedReaderStatus, quiet: true },
    }),
  );
}

const context: CommandContext = {
  argv: process.argv.slice(2),
  env: process.env,
  cwd: currentDirectory(),
  stdin: {
    fd: 0,
    get isTty() {
      return isTerminal(0);
    },
  },
  stdout: openSink(1),
  stderr: openSink(2),
  signal: interruption.signal,
  takeSignals,
  now: () => new Date(),
  createEngine: async (settings) => (await import("./createEngine.ts")).createEngine(settings),
};

/** A directory that was removed under its users is no reason to fail: only relative paths then lead nowhere. */
function currentDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return "/";
  }
}

endOn("SIGINT");
endOn("SIGTERM");
void runCli(context).then((status) => exit(readerIsGone ? closedReaderStatus : status));
