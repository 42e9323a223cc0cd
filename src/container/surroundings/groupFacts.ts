import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  type GroupEvents,
  type GroupFile,
  type GroupStatistics,
  groupsIn,
  liveGroupFiles,
  numberIn,
  type Pressures,
  readEvents,
  readPressures,
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
  readonly pressure: Pressures;
  /** Processes that are in this very group. */
  readonly processes: number;
  /** How many groups there are beside the next one of this list, of other containers for example. */
  readonly otherGroups: number;
}

/** The files of limits, and what each says when nobody wrote it (cgroup-v2). */
const limitFiles: readonly (readonly [name: string, unlimited: string])[] = [
  ["memory.max", "max"],
  ["memory.high", "max"],
  ["memory.low", "0"],
  ["memory.swap.max", "max"],
  ["memory.oom.group", "0"],
  ["cpu.max", "max 100000"],
  ["cpu.weight", "100"],
  ["cpuset.cpus", ""],
  ["cpuset.mems", ""],
  ["pids.max", "max"],
  ["io.max", ""],
  ["io.weight", "default 100"],
];
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
  const read = liveGroupFiles(directory);
  const processes = (read("cgroup.procs") ?? "").split("\n").length - 1;
  const otherGroups = place === "above" ? Math.max(0, groupsIn(directory).length - 1) : 0;
  return { ...describeGroup(read), directory, place, processes: Math.max(0, processes), otherGroups };
}

function describeGroup(read: GroupFile) {
  const limits = limitFiles.flatMap(([name, unlimited]) => {
    const text = read(name)?.trim().replaceAll("\n", ", ");
    return text === undefined || text === "" || text === unlimited ? [] : [[name, text] as const];
  });
  const controllers = (read("cgroup.controllers") ?? "").split(/\s+/).filter((word) => word !== "");
  const peakBytes = numberIn(read("memory.peak"));
  return {
    ...{ limits, controllers, pressure: readPressures(read) },
    ...{ statistics: readStatistics(read), events: readEvents(read) },
    ...(peakBytes === undefined ? {} : { peakBytes }),
  };
}

function groupsBelow(directory: string, depth: number): readonly string[] {
  if (depth === 0) return [];
  return groupsIn(directory).flatMap((child) => [child, ...groupsBelow(child, depth - 1)]);
}
