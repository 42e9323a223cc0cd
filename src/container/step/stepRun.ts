import { EngineError } from "../../base/index.ts";
import {
  answerPause,
  type LaunchPause,
  type LaunchStep,
  type PauseAnswer,
  placeStops,
  type RunStreams,
  type SteppedPlan,
  type StepReport,
  type StopPlace,
  type WantedStops,
} from "../../launch/index.ts";
import type { EngineContext } from "../run/engineContext.ts";
import { runContainer } from "../run/runContainer.ts";
import type { RunOptions } from "../runOptions.ts";
import type { ExitReport, RunObserver } from "../runReports.ts";
import { clearPending, markPending } from "../state/pending.ts";
import { identifyProcess } from "../state/processIdentity.ts";
import { type LaunchStop, newLaunchStop } from "./launchStop.ts";
import type { SteppedContainer, Stepping } from "./stepping.ts";
import { newStopQueue } from "./stopQueue.ts";

export interface StepRunRequest {
  readonly options: RunOptions;
  readonly streams: RunStreams;
  readonly stops: WantedStops;
  readonly observer?: RunObserver;
}

/**
 * A run that stops inside the half-built container. The iteration gives one stop after the other and ends when the payload
 * was executed, or throws why it was not. A stop that was not answered goes on when the next one is asked for. Leaving the
 * iteration early gives the launch up, after which nothing of the container is left.
 */
export interface SteppedRun extends AsyncIterable<LaunchStop> {
  /** As `run` would end. */
  readonly ended: Promise<ExitReport>;
  /** Gives the launch up; nothing when the payload runs. Resolves when all of it is gone. Idempotent. */
  quit(): Promise<void>;
}

/** Runs a container in the foreground as `runContainer`, by the same plan with pauses in it. */
export function stepRun(request: StepRunRequest, context: EngineContext): SteppedRun {
  const run = new StepRun(request, context);
  return { ended: run.ended, quit: () => run.quit(), [Symbol.asyncIterator]: () => run.stops() };
}

class StepRun {
  readonly ended: Promise<ExitReport>;
  readonly #request: StepRunRequest;
  readonly #context: EngineContext;
  readonly #queue = newStopQueue<LaunchStop>();
  readonly #skipped: string[] = [];
  readonly #waiting: LaunchPause[] = []; // at stops of the child, whose number is not known yet
  #container: SteppedContainer | undefined;
  #steps: readonly LaunchStep[] = [];
  #left: StopPlace[] = []; // those that no process has come to
  #childPid: number | undefined;
  #heirAt = 0; // the place among the steps where the child hands on to its heir; 0: it has none
  #state: "stepping" | "quitting" | "running" = "stepping";

  constructor(request: StepRunRequest, context: EngineContext) {
    this.#request = request;
    this.#context = context;
    const observer = { ...request.observer, onStep: (report: StepReport) => this.#hear(report) };
    const run = { options: request.options, streams: request.streams, observer, stepping: this.#stepping() };
    this.ended = runContainer(run, context).catch((error: unknown) => this.#failed(error));
    this.ended.then(this.#queue.end, this.#queue.fail);
  }

  async quit(): Promise<void> {
    if (this.#state === "stepping") {
      this.#state = "quitting";
      await Promise.all(this.#queue.all().map((stop) => stop.quit()));
    }
    if (this.#state === "quitting") await this.ended.catch(() => undefined);
  }

  async *stops(): AsyncGenerator<LaunchStop> {
    let whole = false;
    try {
      for (let stop = await this.#queue.take(); stop !== undefined; stop = await this.#queue.take()) {
        yield stop;
        await stop.next();
      }
      whole = true;
    } finally {
      if (!whole) await this.quit();
    }
  }

  #stepping(): Stepping {
    return {
      place: (plan, container) => {
        const stepped: SteppedPlan = placeStops(plan, this.#request.stops);
        this.#left = [...stepped.places];
        this.#steps = stepped.plan.steps;
        this.#heirAt = Math.max(
          0,
          this.#steps.findIndex(({ op }) => op === "heir"),
        );
        this.#begin(container);
        return stepped.plan;
      },
      onPaused: (pause) => this.#paused(pause),
      onStarted: () => {
        if (this.#state === "stepping") this.#state = "running";
        this.#settle();
        this.#queue.end();
      },
      explain: (error) => this.#explain(error),
      leavesNothing: () => this.#state === "quitting" || this.#container === undefined,
    };
  }

  /** While it is half-built the next command takes it away, should this process be killed. */
  #begin(container: SteppedContainer): void {
    this.#container = container;
    const owner = identifyProcess(this.#context.pid);
    if (!container.remove && owner !== undefined) markPending(this.#context.root, container.id, owner);
  }

  #settle(): void {
    if (this.#container?.remove === false) clearPending(this.#context.root, this.#container.id);
  }

  /** The helper tells the number of the child when it has made it, perhaps after the child has come to its first stop. */
  #hear(report: StepReport): void {
    this.#request.observer?.onStep?.(report);
    if (report.call !== "clone3" || report.step !== this.#maker() || report.result <= 0) return;
    this.#childPid = report.result;
    for (const pause of this.#waiting.splice(0)) this.#paused(pause);
  }

  /** The step that makes the process which is the container's first one. */
  #maker(): string | undefined {
    return this.#heirAt > 0 ? this.#steps[this.#heirAt]?.id : "clone";
  }

  #paused(pause: LaunchPause): void {
    const at = this.#left.findIndex((place) => place.pause === pause.step);
    const place = this.#left[at];
    if (place === undefined) return;
    const phase = (place.before ?? place.after)?.phase ?? "host";
    // one that is to have an heir has the same number for itself as for us
    const early = place.before !== undefined && this.#steps.indexOf(place.before) <= this.#heirAt;
    const pid = (phase === "child" || phase === "init") && !early ? this.#childPid : pause.pid;
    if (pid === undefined) {
      this.#waiting.push(pause);
      return;
    }
    this.#left.splice(at, 1);
    const process = identifyProcess(pid);
    if (process === undefined) return; // killed by somebody: the launch ends by itself
    const answer = (word: PauseAnswer) => answerPause({ helperPath: this.#context.helperPath, process, answer: word });
    const stop = newLaunchStop({
      place,
      process: phase,
      pid,
      inRoot: this.#isInRoot(place),
      ...(this.#container === undefined ? {} : { container: this.#container }),
      answer,
      onSkip: ({ id }) => void this.#skipped.push(id),
    });
    this.#queue.put(stop);
    if (this.#state === "quitting") void stop.quit();
  }

  /** The child has had it attached by now, and it was not left out. */
  #isInRoot({ before }: StopPlace): boolean {
    const own = this.#steps.filter(({ phase }) => phase === "child" || phase === "init");
    const attached = own.findIndex(({ op }) => op === "attachRoot");
    const here = before === undefined ? -1 : own.indexOf(before);
    return attached >= 0 && here > attached && !this.#skipped.includes(own[attached]?.id ?? "");
  }

  #explain(error: EngineError): EngineError {
    if (this.#skipped.length === 0) return error;
    const names = this.#skipped.map((id) => JSON.stringify(id));
    const which =
      names.length === 1 ? `the step ${names[0]} was skipped` : `the steps ${names.join(", ")} were skipped`;
    const { code, message, hint, cause, details } = error;
    return new EngineError(code, `${message} (${which})`, { ...(hint === undefined ? {} : { hint }), cause, details });
  }

  /** A container that could not be started stays, as always; one that was given up is gone by now. */
  #failed(error: unknown): never {
    if (this.#state !== "quitting") {
      this.#settle();
      throw error;
    }
    throw new EngineError("interrupted", "the start was given up at a stop", {
      cause: error,
      details: { quiet: true },
    });
  }
}
