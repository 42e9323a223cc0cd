import { askLine } from "./answer.ts";
import type { CommandContext } from "./context.ts";

/**
 * Asks a question on stdout, as Docker does before it removes many things, and waits for one line of stdin. Only `y` and
 * `Y` are a yes; the end of the input is a no.
 */
export function confirm(question: string, streams: Pick<CommandContext, "stdin" | "stdout">): boolean {
  const answer = askLine(`${question}\nAre you sure you want to continue? [y/N] `, streams);
  return answer.toLowerCase() === "y";
}
