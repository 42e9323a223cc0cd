import { EngineError } from "../../base/index.ts";
import type { LaunchStop, RunStreams, StopSnapshot } from "../../container/index.ts";
import type { CommandContext } from "../context.ts";
import { sanitizeLine } from "../render/sanitize.ts";
import type { LineSource } from "./lineSource.ts";
import { stopHeading } from "./stopText.ts";
import { obey, type Verdict } from "./stopWords.ts";

export interface StepSessionRequest {
  readonly context: CommandContext;
  readonly lines: LineSource;
  /** Whether there are break points, to which `continue` goes. */
  readonly hasPoints: boolean;
  /** Whether signals are passed on to the payload, when it runs. */
  readonly sigProxy: boolean;
}

/** What is remembered from one stop to the next, and what signals mean until the payload runs. */
export class StepSession {
  readonly #request: StepSessionRequest;
  readonly #earlier = new Map<number, StopSnapshot>();
  readonly #leaving = new AbortController(); // of the payload, by a signal that is not passed on
  readonly #interrupted: Promise<"quit">;
  #interrupt: (reason: EngineError) => void = () => undefined;
  #reason: EngineError | undefined;
  #state: "asking" | "in a shell" | "running" = "asking";
  #hurries = false;

  constructor(request: StepSessionRequest) {
    this.#request = request;
    this.#interrupted = new Promise((resolve) => {
      this.#interrupt = (reason) => {
        this.#reason ??= reason;
        resolve("quit");
      };
    });
  }

  /** Asks what to do at a stop until something follows, and lets the process go on; `quit` is left to the caller. */
  async ask(stop: LaunchStop): Promise<Verdict> {
    const { hasPoints } = this.#request;
    if (this.#hurries && !stop.named) {
      await (hasPoints ? stop.next() : stop.hasten());
      return "next";
    }
    this.#hurries = false;
    this.#say(stopHeading(stop));
    const earlier = this.#earlier.get(stop.pid);
    this.#earlier.set(stop.pid, await stop.snapshot());
    const verdict = await this.#converse(stop, earlier);
    if (verdict === "continue") {
      this.#hurries = true;
      await (hasPoints ? stop.next() : stop.hasten());
    }
    return verdict;
  }

  async #converse(stop: LaunchStop, earlier: StopSnapshot | undefined): Promise<Verdict> {
    const { context, lines } = this.#request;
    const say = (text: string) => this.#say(text);
    for (;;) {
      if (context.stdin.isTty) say("(brig) ");
      const line = await Promise.race([lines.next(), this.#interrupted.then(() => undefined)]);
      if (line === undefined) return "quit";
      const verdict = await obey(line, {
        stop,
        earlier,
        say,
        openShell: (command: string) => this.#openShell(stop, command),
      });
      if (verdict !== "stay" && (verdict !== "skip" || (await this.#skips(stop)))) return verdict;
    }
  }

  /** Where it cannot be, the question is asked again. */
  async #skips(stop: LaunchStop): Promise<boolean> {
    try {
      await stop.skip();
      return true;
    } catch (error) {
      if (!(error instanceof EngineError) || error.code !== "wrongState") throw error;
      this.#say(`${error.message}\n`);
      return false;
    }
  }

  /** Keys that make signals are the shell's while it is there. A terminal that is closed gives the launch up, whatever it does. */
  async #openShell(stop: LaunchStop, command: string): Promise<void> {
    const { stdin, stdout, stderr, env } = this.#request.context;
    const terminal = env["TERM"];
    this.#state = "in a shell";
    try {
      const ended = stop.shell({
        stdio: [stdin.fd, stdout.fd, stderr.fd],
        ...(terminal === undefined ? {} : { terminal }),
        ...(command === "" ? {} : { command }),
        onOpen: ({ says }) => this.#say(`${sanitizeLine(command === "" ? `${says}; leave it with exit` : says)}\n`),
      });
      await Promise.race([ended, this.#interrupted]);
    } finally {
      this.#state = "asking";
    }
  }

  /** Before the payload runs, a signal gives the launch up; afterwards it is passed on, or lets go of the container. */
  streams(): Pick<RunStreams, "signals" | "signal"> {
    return { signals: this.#signals(), signal: this.#leaving.signal };
  }

  async *#signals(): AsyncGenerator<NodeJS.Signals> {
    for await (const signal of this.#request.context.takeSignals()) {
      if (this.#state === "running" && this.#request.sigProxy) yield signal;
      const ends = signal === "SIGINT" || signal === "SIGTERM" || signal === "SIGHUP";
      if (this.#state === "running" && ends) this.#leaving.abort();
      if (this.#state === "asking" ? ends : this.#state === "in a shell" && signal === "SIGHUP")
        this.#interrupt(interruption(signal));
    }
  }

  /** The payload runs. */
  begin(): void {
    this.#state = "running";
  }

  /** What the command fails with: a signal, where that was why it was given up. */
  reasonOf(error: unknown): unknown {
    const givenUp = error instanceof EngineError && error.code === "interrupted";
    if (!givenUp) return error;
    this.#say("given up; nothing of the container is left\n");
    return this.#reason ?? error;
  }

  #say(text: string): void {
    this.#request.context.stderr.write(text);
  }
}

const statuses: Readonly<Record<string, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

function interruption(signal: NodeJS.Signals): EngineError {
  const details = { exitStatus: statuses[signal] ?? 130, quiet: true };
  return new EngineError("interrupted", `interrupted by ${signal}`, { details });
}
