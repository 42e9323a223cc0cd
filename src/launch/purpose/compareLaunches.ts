import type { TracedCall } from "../verify/tracedCall.ts";
import { helperProcesses, type LaunchTrace, type TracedProcess } from "../verify/tracedProcesses.ts";
import { CallGrouping, type CallGroups, type PurposeCalls } from "./groupCalls.ts";
import { type PurposePhase, type PurposePlaces, purposePhases, wantedCalls } from "./purposes.ts";
import { newTraceReader } from "./traceReader.ts";

/** What a launch did, and how many system calls it took. */
export interface LaunchCalls extends CallGroups {
  /** All calls, also those that make nothing of a container. */
  readonly total: number;
}

/** The calls that two runtimes make for the same purpose; none on the side that does not do it. */
export interface ComparedPurpose {
  readonly phase: PurposePhase;
  readonly purpose: string;
  readonly runc: ReadonlyMap<string, number>;
  readonly brig: ReadonlyMap<string, number>;
}

/** A growing `strace -f` of another runtime. */
export interface RuntimeTrace {
  /** Takes one line; those after the execution of the payload are the payload's own. */
  take(line: string): void;
  executed(): boolean;
  result(): LaunchCalls;
}

/** A trace that is empty so far. */
export function newRuntimeTrace(places: PurposePlaces): RuntimeTrace {
  const reader = newTraceReader(wantedCalls);
  const grouping = new CallGrouping(places);
  return {
    take(line) {
      if (grouping.executed) return;
      const event = reader.take(line);
      if (event !== undefined) grouping.take(event);
    },
    executed: () => grouping.executed,
    result: () => ({ ...grouping.result(), total: reader.total() }),
  };
}

/**
 * The calls of the helper's processes up to the payload, which was started. The kernel lets the helper know of that before
 * the tracer, so the tracer may have been told to let go before it saw execve(2) return. Pure.
 */
export function groupHelperCalls(trace: LaunchTrace, places: PurposePlaces): LaunchCalls {
  const processes = helperProcesses(trace, true);
  const grouping = new CallGrouping(places);
  const take = (process: TracedProcess): void => {
    const { pid, calls } = process;
    for (const call of calls) grouping.take({ pid, call });
    if (calls.some(({ name }) => name === "pivot_root")) {
      grouping.take({ pid, call: trace.calls.get(pid)?.[calls.length] ?? executed });
    }
    for (const child of processes) if (child.parent?.process === process) take(child);
  };
  const [helper] = processes;
  if (helper !== undefined) take(helper);
  return { ...grouping.result(), total: processes.reduce((sum, { calls }) => sum + calls.length, 1) };
}

const executed: TracedCall = { name: "execve", args: [], result: 0 };

/** Sets two launches side by side, in the order of the phases and, within each, of the first one. Pure. */
export function comparePurposes(runc: LaunchCalls, brig: LaunchCalls): readonly ComparedPurpose[] {
  const others = new Map(brig.groups.map((group) => [group.purpose, group]));
  const mine = runc.groups.map((group) => row(group, { runc: group.calls, brig: others.get(group.purpose)?.calls }));
  const known = new Set(runc.groups.map(({ purpose }) => purpose));
  const rest = brig.groups.filter(({ purpose }) => !known.has(purpose));
  const rows = [...mine, ...rest.map((group) => row(group, { brig: group.calls }))];
  return rows.sort((one, other) => purposePhases.indexOf(one.phase) - purposePhases.indexOf(other.phase));
}

const none: ReadonlyMap<string, number> = new Map();

function row(
  { phase, purpose }: PurposeCalls,
  { runc = none, brig = none }: { readonly [side in "runc" | "brig"]?: ReadonlyMap<string, number> | undefined },
): ComparedPurpose {
  return { phase, purpose, runc, brig };
}
