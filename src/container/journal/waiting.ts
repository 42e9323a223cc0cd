import type { JournalCall } from "./startJournal.ts";

/** What the helper calls its waiting at a stop of the plan; it is no system call and no work. */
const stopCall = "pause";

interface Span {
  readonly fromNs: number;
  readonly toNs: number;
}

/** How long some process of the launch stood at a stop; nanoseconds, stops at the same time counted once. */
export function waitedNs(calls: readonly JournalCall[]): number {
  return mergedStops(calls).reduce((sum, { fromNs, toNs }) => sum + toNs - fromNs, 0);
}

/** Marks how much of each call fell into such a time: a process that waits for another one waits with it. */
export function markWaiting(calls: readonly JournalCall[]): readonly JournalCall[] {
  const stops = mergedStops(calls);
  if (stops.length === 0) return calls;
  return calls.map((call) => {
    const end = call.startNs + call.tookNs;
    const waited = stops.reduce(
      (sum, { fromNs, toNs }) => sum + Math.max(0, Math.min(end, toNs) - Math.max(call.startNs, fromNs)),
      0,
    );
    return waited === 0 ? call : { ...call, waitedNs: waited };
  });
}

function mergedStops(calls: readonly JournalCall[]): readonly Span[] {
  const spans = calls
    .filter(({ call }) => call === stopCall)
    .map(({ startNs, tookNs }): Span => ({ fromNs: startNs, toNs: startNs + tookNs }))
    .sort((one, other) => one.fromNs - other.fromNs);
  const merged: Span[] = [];
  for (const span of spans) {
    const last = merged.at(-1);
    const joins = last !== undefined && span.fromNs <= last.toNs;
    if (joins) merged.splice(-1, 1, { fromNs: last.fromNs, toNs: Math.max(last.toNs, span.toNs) });
    else merged.push(span);
  }
  return merged;
}
