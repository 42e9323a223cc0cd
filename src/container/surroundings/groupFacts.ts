import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { errnoOf } from "../../base/index.ts";
import {
  type GroupEvents,
  type GroupFile,
  type GroupStatistics,
  groupFiles,
  type Pressure,
  type PressureResource,
  readEvents,
  readPressure,
  readStatistics,
} from "../../cgroups/index.ts";

/** A control group: what it may use, what it uses and how long it waited. */
export interface GroupFact {
  readonly directory: string;
  /** Above the container's group, that group, or one that the container made below it. */
  readonly place: "above" | "own" | "below";
  /** Files of limits that say something else than "no limit", by name. */
  readonly limits: readonly (readonly [string, string])[];
  readonly controllers: readonly string[];
  readonly statistics: GroupStatistics;
  /** The most memory at a time, which is known of an ended one too. */
  readonly peakBytes?: number;
  readonly events: GroupEvents;
  readonly pressure: Readonly<Partial<Record<PressureResource, Pressure>>>;
  /** Processes that are in this very group. */
  readonly processes: number;
  /** How many groups there are beside the next one of this list, of other containers for example. */
  readonly otherGroups: number;
}

const limitFiles = [
  ...["memory.max", "memory.high", "memory.low", "memory.swap.max", "memory.oom.group"],
  ...["cpu.max", "cpu.weight", "cpuset.cpus", "cpuset.mems", "pids.max", "io.max", "io.weight"],
];
/** What the files say when nobody wrote them (cgroup-v2). */
const unlimited = new Set(["", "max", "max 100000", "0", "100", "default 100"]);
const resources = ["cpu", "memory", "io"] as const;
/** A container with groups of its own decides how many there are. */
const mostBelow = 40;
const deepestBelow = 4;

/** The groups from the top of the hierarchy to the container's, and those that it made in it. Empty when it is gone. */
export function readGroupTree(own: string): readonly GroupFact[] {
  if (!existsSync(join(own, "cgroup.procs"))) return [];
  const above: string[] = [];
  for (let up = dirname(own); existsSync(join(up, "cgroup.controllers")); up = dirname(up)) above.unshift(up);
  const below = groupsBelow(own, deepestBelow).slice(0, mostBelow);
  return [
    ...above.map((directory) => readGroup(directory, "above")),
    readGroup(own, "own"),
    ...below.map((directory) => readGroup(directory, "below")),
  ];
}

/** The same of one that has ended, from the files that its monitor kept. */
export function keptGroup(directory: string, read: GroupFile): GroupFact {
  return { ...describeGroup(read), directory, place: "own", processes: 0, otherGroups: 0 };
}

function readGroup(directory: string, place: GroupFact["place"]): GroupFact {
  const files = groupFiles(directory);
  const read: GroupFile = (name) => unlessGone(() => files(name));
  const processes = (read("cgroup.procs") ?? "").split("\n").length - 1;
  const otherGroups = place === "above" ? Math.max(0, childrenOf(directory).length - 1) : 0;
  return { ...describeGroup(read), directory, place, processes: Math.max(0, processes), otherGroups };
}

function describeGroup(read: GroupFile) {
  const limits = limitFiles.flatMap((name) => {
    const text = read(name)?.trim().replaceAll("\n", ", ");
    return text === undefined || unlimited.has(text) ? [] : [[name, text] as const];
  });
  const controllers = (read("cgroup.controllers") ?? "").split(/\s+/).filter((word) => word !== "");
  const pressure = Object.fromEntries(
    resources.flatMap((name) => {
      const found = readPressure(read, name);
      return found === undefined ? [] : [[name, found]];
    }),
  );
  const peak = /^\d{1,20}$/.exec(read("memory.peak")?.trim() ?? "")?.[0];
  return {
    ...{ limits, controllers, pressure },
    ...{ statistics: readStatistics(read), events: readEvents(read) },
    ...(peak === undefined ? {} : { peakBytes: Number(peak) }),
  };
}

function groupsBelow(directory: string, depth: number): readonly string[] {
  if (depth === 0) return [];
  return childrenOf(directory).flatMap((child) => [child, ...groupsBelow(child, depth - 1)]);
}

function childrenOf(directory: string): readonly string[] {
  const entries = unlessGone(() => readdirSync(directory, { withFileTypes: true })) ?? [];
  const groups = entries.filter((entry) => entry.isDirectory()).slice(0, 10_000);
  return groups.map((entry) => join(directory, entry.name));
}

/** A group that is removed while it is looked at answers ENODEV; pressure may be off in one. */
function unlessGone<Result>(act: () => Result): Result | undefined {
  try {
    return act();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    if (["ENODEV", "ENOENT", "EOPNOTSUPP", "ENOTSUP", "EINVAL"].includes(errnoOf(cause) ?? "")) return undefined;
    throw error;
  }
}
