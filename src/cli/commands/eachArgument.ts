import type { Outcome } from "../context.ts";

/** For `forEachArgument`: a stop takes its whole time for each container, so many of them wait together. */
export const manyAtOnce = 16;

type Result = { readonly output: string } | { readonly failure: unknown };

/**
 * Does one thing for each argument and goes on after a failure, as Docker's commands with several arguments do. `atOnce`
 * of them are under way at the same time; output and failures are in the order of the arguments, whichever ends first,
 * and the same argument again waits for the first.
 */
export async function forEachArgument(
  args: readonly string[],
  act: (argument: string) => Promise<string>,
  atOnce = 1,
): Promise<Required<Pick<Outcome, "output" | "failures">>> {
  const results: Result[] = [];
  const places = new Map<string, number[]>();
  for (const [place, argument] of args.entries()) places.set(argument, [...(places.get(argument) ?? []), place]);
  const waiting = places.entries();
  const work = async (): Promise<void> => {
    for (const [argument, own] of waiting) {
      for (const place of own) results[place] = await settle(act(argument));
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, places.size) }, work));
  return {
    output: results.map((result) => ("output" in result ? result.output : "")).join(""),
    failures: results.flatMap((result) => ("failure" in result ? [result.failure] : [])),
  };
}

function settle(action: Promise<string>): Promise<Result> {
  return action.then(
    (output) => ({ output }),
    (failure: unknown) => ({ failure }),
  );
}
