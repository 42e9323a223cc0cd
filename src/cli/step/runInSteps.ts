import type { ExitReport, RunObserver, RunOptions, RunStreams } from "../../container/index.ts";
import type { Engine } from "../../engine.ts";
import { parseBreakPoints } from "../../launch/index.ts";
import type { CommandContext } from "../context.ts";
import { openLines } from "./lineSource.ts";
import { StepSession } from "./stepSession.ts";

export interface StepsRequest {
  readonly engine: Engine;
  readonly options: RunOptions;
  readonly streams: RunStreams;
  readonly observer: RunObserver;
  readonly context: CommandContext;
  /** Whether every step is a stop. */
  readonly every: boolean;
  /** What `--break` said. */
  readonly breaks: readonly string[];
  readonly sigProxy: boolean;
}

/**
 * Runs a container and asks at every stop what to do, on stderr and by lines of stdin, until the payload runs, which then
 * has both.
 *
 * @throws EngineError `interrupted` after a signal, `quit` and the end of the input; `invalidValue` for stops that cannot be.
 */
export async function runInSteps(request: StepsRequest): Promise<ExitReport> {
  const { engine, options, observer, context, every, breaks, sigProxy } = request;
  const points = breaks.flatMap(parseBreakPoints);
  const lines = openLines(context.stdin.fd);
  const session = new StepSession({ context, lines, hasPoints: points.length > 0, sigProxy });
  const stops = { points, ...(every ? { every } : {}) };
  const run = engine.stepRun({ options, streams: { ...request.streams, ...session.streams() }, observer, stops });
  try {
    for await (const stop of run) {
      if ((await session.ask(stop)) === "quit") await run.quit();
    }
  } catch (error) {
    throw session.reasonOf(error);
  } finally {
    lines.close();
    session.begin();
  }
  return run.ended;
}
