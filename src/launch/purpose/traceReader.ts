import { parseTracedCall, type TracedCall } from "../verify/tracedCall.ts";

/** A call, and the thread that made it as the tracer numbers it. */
export interface TracedEvent {
  readonly pid: number;
  readonly call: TracedCall;
}

/** Reads the lines of one `strace -f -v -xx -X raw` in their order. */
export interface TraceReader {
  /** The call that ended with this line; undefined for one that is not wanted, and for all else that is told. */
  take(line: string): TracedEvent | undefined;
  /** How many calls were begun so far, wanted or not. */
  total(): number;
}

/** More threads than any launch has are in no call at the same time. */
const mostUnfinished = 4096;
const interrupted = " <unfinished ...>";

/** Linear in the length of the lines; a thread that never goes on with its call keeps one line. */
export function newTraceReader(wanted: ReadonlySet<string>): TraceReader {
  const unfinished = new Map<number, string>();
  let begun = 0;
  const read = (pid: number, line: string): TracedEvent | undefined => {
    const [name = ""] = /^[a-z0-9_]+/.exec(line) ?? [];
    const call = wanted.has(name) ? parseTracedCall(line) : undefined;
    return call === undefined ? undefined : { pid, call };
  };
  return {
    total: () => begun,
    take(line) {
      const [, number, told] = /^(\d+) +([a-z<].*)$/s.exec(line) ?? [];
      if (number === undefined || told === undefined) return undefined; // signals, ends of processes
      const pid = Number(number);
      const [head] = /^<\.\.\. [a-z0-9_]+ resumed>/.exec(told) ?? [];
      if (head !== undefined) {
        const before = unfinished.get(pid);
        unfinished.delete(pid);
        return before === undefined ? undefined : read(pid, before + told.slice(head.length));
      }
      if (told.startsWith("<")) return undefined;
      begun += 1;
      if (!told.endsWith(interrupted)) return read(pid, told);
      if (unfinished.size < mostUnfinished) unfinished.set(pid, told.slice(0, -interrupted.length));
      return undefined;
    },
  };
}
