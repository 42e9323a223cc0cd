import type { EngineContext, RunOptions, SteppedRun, StepRunRequest } from "../container/index.ts";

/** A run in steps, whose room is loaded meanwhile: why it cannot be opened is told by all of its members. */
export function openSteps(
  request: StepRunRequest,
  complete: (options: RunOptions) => Promise<RunOptions>,
  openContext: () => Promise<EngineContext>,
): SteppedRun {
  const open = async () => {
    const { stepRun } = await import("../container/index.ts");
    return stepRun({ ...request, options: await complete(request.options) }, await openContext());
  };
  const opening = open();
  const ended = opening.then((run) => run.ended);
  ended.catch(() => undefined); // the iteration throws the same
  return {
    ended,
    quit: async () => (await opening).quit(),
    async *[Symbol.asyncIterator]() {
      yield* await opening;
    },
  };
}
