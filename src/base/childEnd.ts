import type { ChildProcess } from "node:child_process";

/**
 * Resolves when a program and what it writes have ended, with its status; with undefined for one that a signal has ended, and
 * for one that could not be started.
 */
export function childEnd(child: ChildProcess): Promise<number | undefined> {
  return new Promise((resolve) => {
    child.once("close", (status) => resolve(status ?? undefined));
    child.once("error", () => resolve(undefined));
  });
}
