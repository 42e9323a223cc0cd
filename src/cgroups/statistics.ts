import { join } from "node:path";
import { readFileIfExists } from "../base/index.ts";

/** What a group has used so far. A member is absent when its controller is not enabled. Bytes, microseconds, counts. */
export interface GroupStatistics {
  readonly memory?: {
    readonly current: number;
    readonly peak?: number;
    readonly max?: number;
    /** Pages of files that nobody has used lately: the kernel takes them back before anything else. */
    readonly inactiveFile?: number;
  };
  readonly cpu?: { readonly usageUs: number; readonly userUs: number; readonly systemUs: number };
  /** Only where `cpu.max` is in force: how often and how long the group was held back. */
  readonly throttling?: { readonly periods: number; readonly throttled: number; readonly throttledUs: number };
  readonly pids?: { readonly current: number; readonly max?: number };
  readonly io?: { readonly readBytes: number; readonly writtenBytes: number };
}

/** What has happened to a group. A member is absent when its controller is not enabled. */
export interface GroupEvents {
  readonly populated?: boolean;
  readonly memory?: MemoryEvents;
  /** How often a fork was refused. */
  readonly pidsMax?: number;
}

export interface MemoryEvents {
  /** How often the limit was reached and the kernel looked for a victim. */
  readonly oom: number;
  /** How many processes it killed, here or below. */
  readonly oomKill: number;
  readonly high: number;
  readonly max: number;
}

/** The text of a file of the group, or undefined when it has no such file. */
export type GroupFile = (name: string) => string | undefined;

/** Reads the files of a group from its directory; one of a group that is gone gives nothing. */
export function groupFiles(directory: string): GroupFile {
  return (name) => readFileIfExists(join(directory, name));
}

/** Statistics of the group whose files `read` returns (cgroup-v2, "Controllers"). */
export function readStatistics(read: GroupFile): GroupStatistics {
  const current = numberIn(read("memory.current"));
  const cpu = keyed(read("cpu.stat"));
  const pids = numberIn(read("pids.current"));
  const io = read("io.stat");
  const usage = cpu?.get("usage_usec");
  const periods = cpu?.get("nr_periods");
  return {
    ...(current === undefined
      ? {}
      : {
          memory: {
            current,
            ...named("peak", numberIn(read("memory.peak"))),
            ...named("max", numberIn(read("memory.max"))),
            ...named("inactiveFile", keyed(read("memory.stat"))?.get("inactive_file")),
          },
        }),
    ...(cpu === undefined || usage === undefined
      ? {}
      : { cpu: { usageUs: usage, userUs: cpu.get("user_usec") ?? 0, systemUs: cpu.get("system_usec") ?? 0 } }),
    ...(cpu === undefined || periods === undefined
      ? {}
      : {
          throttling: {
            periods,
            throttled: cpu.get("nr_throttled") ?? 0,
            throttledUs: cpu.get("throttled_usec") ?? 0,
          },
        }),
    ...(pids === undefined ? {} : { pids: { current: pids, ...named("max", numberIn(read("pids.max"))) } }),
    ...(io === undefined ? {} : { io: ioTotals(io) }),
  };
}

/** Events of the group whose files `read` returns; `memory.events` counts the groups below it too. */
export function readEvents(read: GroupFile): GroupEvents {
  const populated = keyed(read("cgroup.events"))?.get("populated");
  const memory = keyed(read("memory.events"));
  const pidsMax = keyed(read("pids.events"))?.get("max");
  return {
    ...(populated === undefined ? {} : { populated: populated !== 0 }),
    ...(memory === undefined
      ? {}
      : {
          memory: {
            oom: memory.get("oom") ?? 0,
            oomKill: memory.get("oom_kill") ?? 0,
            high: memory.get("high") ?? 0,
            max: memory.get("max") ?? 0,
          },
        }),
    ...named("pidsMax", pidsMax),
  };
}

/** A file of one number; `max` and everything else that is no number is undefined. */
export function numberIn(text: string | undefined): number | undefined {
  const word = text?.trim() ?? "";
  return /^\d{1,20}$/.test(word) ? Number(word) : undefined;
}

/** A file of lines `key number`; other lines are passed over, so that later kernels may add what they like. */
function keyed(text: string | undefined): ReadonlyMap<string, number> | undefined {
  if (text === undefined) return undefined;
  const pairs = text.split("\n").map((line) => line.split(" ", 2));
  return new Map(pairs.flatMap(([key, value]) => numbered(key, numberIn(value))));
}

function numbered(key: string | undefined, value: number | undefined): readonly (readonly [string, number])[] {
  return key === undefined || value === undefined ? [] : [[key, value]];
}

/** Sums io.stat over its devices: lines `8:0 rbytes=1 wbytes=2 ...`. */
function ioTotals(text: string): { readonly readBytes: number; readonly writtenBytes: number } {
  const sum = (key: string) =>
    [...text.matchAll(/ ([a-z]+)=(\d{1,20})/g)].reduce(
      (total, match) => total + (match[1] === key ? Number(match[2]) : 0),
      0,
    );
  return { readBytes: sum("rbytes"), writtenBytes: sum("wbytes") };
}

function named<Key extends string>(key: Key, value: number | undefined): { readonly [K in Key]?: number } {
  // The computed key is the one that the type names.
  return value === undefined ? {} : ({ [key]: value } as { [K in Key]: number });
}
