import { isFork } from "./callView.ts";
import { number, text, word } from "./tracedArgs.ts";
import type { TracedCall } from "./tracedCall.ts";

/** What the helper made of one process, until that became another program. */
export interface TracedProcess {
  readonly pid: number;
  /** The process that began it, and the place of that call among its own. */
  readonly parent?: { readonly process: TracedProcess; readonly at: number };
  readonly calls: readonly TracedCall[];
  /** The path of the program that it became. */
  readonly executed?: string;
}

export interface LaunchTrace {
  /** The helper that the caller started. */
  readonly helper: number;
  /** The calls of each process, by its id for the tracer. */
  readonly calls: ReadonlyMap<number, readonly TracedCall[]>;
}

/**
 * The processes of a launch, as far as they were the helper's: a payload, a tool, and whatever they begin are others'
 * from their execve(2) on. Of the helper itself it begins with the plan: how it makes itself unwritable before is no
 * part of a launch. With `started` it ends where it tells so. Pure.
 */
export function helperProcesses({ helper, calls }: LaunchTrace, started: boolean): readonly TracedProcess[] {
  const all = calls.get(helper) ?? [];
  const first = 1 + all.findLastIndex(isExecuted);
  const plan = all.findIndex(
    (call, at) => at >= first && (call.name === "recvfrom" || call.name === "read") && word(call, 0) === "3",
  );
  const told = started ? all.findIndex((call) => call.name === "sendto" && tellsStart(call)) : -1;
  const own = all.slice(Math.max(plan, first), told === -1 ? undefined : told);
  const found: TracedProcess[] = [{ pid: helper, calls: own }];
  for (const process of found) {
    for (const [at, call] of process.calls.entries()) {
      const pid = call.hostPid ?? call.result ?? 0;
      const begun = isFork(call) || (call.name === "clone3" && pid > 0) ? calls.get(pid) : undefined;
      if (begun !== undefined) found.push({ pid, parent: { process, at }, ...untilExecuted(begun) });
    }
  }
  return found;
}

function untilExecuted(calls: readonly TracedCall[]): Pick<TracedProcess, "calls" | "executed"> {
  const at = calls.findIndex(isExecuted);
  const last = calls[at];
  if (last === undefined) return { calls };
  return { calls: calls.slice(0, at), executed: text(last, 0) };
}

function isExecuted({ name, result }: TracedCall): boolean {
  return (name === "execve" || name === "execveat") && result === 0;
}

/** The record `started` may share a piece with records before it. */
function tellsStart(call: TracedCall): boolean {
  const sent = text(call, 1);
  return number(call, 0) === 3n && (sent.startsWith("started\0pid=") || sent.includes("\0\0started\0pid="));
}
