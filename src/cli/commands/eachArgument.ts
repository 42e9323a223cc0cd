import type { Outcome } from "../context.ts";

/** Does one thing for each argument and goes on after a failure, as Docker's commands with several arguments do. */
export async function forEachArgument(
  args: readonly string[],
  act: (argument: string) => Promise<string>,
): Promise<Required<Pick<Outcome, "output" | "failures">>> {
  const outputs: string[] = [];
  const failures: unknown[] = [];
  for (const argument of args) {
    try {
      outputs.push(await act(argument));
    } catch (error) {
      failures.push(error);
    }
  }
  return { output: outputs.join(""), failures };
}
