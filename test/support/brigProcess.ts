import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { constants } from "node:os";
import { brigCommand, brigEnvironment, type TestRoot } from "./brig.ts";

const waitMs = 90_000;
/** A brig that runs longer than any test lets it is killed, and the test fails by its status. */
const mostMs = 300_000;
/** How long something may hold brig's streams open after brig itself has ended. */
const drainMs = 10_000;

/** A brig that is still running: what it prints can be waited for, and signals can be sent to it. */
export class BrigProcess {
  readonly child: ChildProcessWithoutNullStreams;
  /** 128 plus the number of the signal that ended it, or its status. */
  readonly ended: Promise<number>;
  stdout = "";
  stderr = "";
  #onOutput: () => void = () => undefined;

  constructor(args: readonly string[], root: TestRoot) {
    const [program = "", ...rest] = brigCommand(root, args);
    this.child = spawn(program, rest, { env: brigEnvironment(root), stdio: "pipe" });
    this.child.stdout.on("data", (piece: Buffer) => {
      this.stdout += piece;
      this.#onOutput();
    });
    this.child.stderr.on("data", (piece: Buffer) => {
      this.stderr += piece;
      this.#onOutput();
    });
    this.child.stdin.on("error", () => undefined); // EPIPE: it ended before it read everything
    const killer = setTimeout(() => this.child.kill("SIGKILL"), mostMs).unref();
    this.ended = new Promise((resolve, reject) => {
      const end = (code: number | null, signal: NodeJS.Signals | null) => {
        clearTimeout(killer);
        resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
        this.#onOutput();
      };
      this.child.once("error", reject);
      this.child.once("close", end);
      this.child.once("exit", (code, signal) => setTimeout(end, drainMs, code, signal).unref());
    });
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error("brig did not start");
    return this.child.pid;
  }

  /** Resolves when stdout matches; rejects with everything that was said when it does not in 90 seconds, or ended. */
  waitForOutput(pattern: RegExp): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (why: string) => {
        clearTimeout(timer);
        reject(new Error(`${why} before stdout matched ${pattern}: ${this.stdout}${this.stderr}`));
      };
      const timer = setTimeout(() => fail(`${waitMs} ms passed`), waitMs);
      const look = () => {
        if (pattern.test(this.stdout)) {
          clearTimeout(timer);
          resolve();
        } else if (this.child.exitCode !== null || this.child.signalCode !== null) fail("brig ended");
      };
      this.#onOutput = look;
      look();
    });
  }

  /** For `after`: whatever a test left running. */
  dispose(): void {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill("SIGKILL");
  }
}
