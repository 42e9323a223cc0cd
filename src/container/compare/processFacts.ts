import { readlinkSync } from "node:fs";
import { join } from "node:path";
import { errnoOf, fileSystemError, readFileIfExists } from "../../base/index.ts";
import { groupFiles } from "../../cgroups/index.ts";
import { readMounts } from "../../host/index.ts";
import { capabilityNames } from "../../namespaces/index.ts";
import { describeMounts } from "./describeMounts.ts";

/** In the order in which they are shown. */
export const comparedSections = ["namespaces", "process", "capabilities", "limits", "sysctls", "mounts"] as const;
export type ComparedSection = (typeof comparedSections)[number];

/** What the kernel says of one process: for each section, values by name. */
export type ProcessFacts = Readonly<Record<ComparedSection, ReadonlyMap<string, string>>>;

export interface FactsRequest {
  /** `/proc/4711` */
  readonly directory: string;
  /** The group of the container that the process is the first one of. */
  readonly cgroup?: string;
  readonly sysctls: ReadonlyMap<string, string>;
}

/** As the directory `ns` of proc_pid(5) names them; the user namespace first, which owns the others. */
export const namespaceLinks = ["user", "mnt", "pid", "net", "uts", "ipc", "cgroup", "time"];

/** In the order of their lines; what /proc/PID/status calls them, and what capabilities(7) does. */
export const capabilitySets = [
  ["CapEff", "effective"],
  ["CapPrm", "permitted"],
  ["CapInh", "inheritable"],
  ["CapBnd", "bounding"],
  ["CapAmb", "ambient"],
] as const;

const groupLimits = ["memory.max", "memory.high", "memory.low", "memory.swap.max", "cpu.max", "cpu.weight", "pids.max"];
const moreGroupLimits = ["io.max", "io.weight", "cpuset.cpus", "cpuset.mems"];

/**
 * Reads what makes up the surroundings of a process, from outside: nothing of it is executed or joined.
 *
 * @throws EngineError `fileSystem` when it has ended or may not be looked at, `limitExceeded` for too many mounts.
 */
export function readProcessFacts({ directory, cgroup, sysctls }: FactsRequest): ProcessFacts {
  const status = keyed(readFileIfExists(join(directory, "status")) ?? "");
  return {
    namespaces: new Map(namespaceLinks.flatMap((kind) => namespaceOf(directory, kind))),
    process: processRows(directory, status),
    capabilities: capabilityRows(status),
    limits: new Map([...resourceLimits(directory), ...groupRows(cgroup)]),
    sysctls,
    mounts: describeMounts(readMounts(directory)),
  };
}

/** The number of the inode is what tells namespaces apart (namespaces(7)). */
function namespaceOf(directory: string, kind: string): readonly (readonly [string, string])[] {
  const path = join(directory, "ns", kind);
  try {
    return [[kind, /\[(\d+)\]$/.exec(readlinkSync(path))?.[1] ?? ""]];
  } catch (error) {
    if (errnoOf(error) === "ENOENT" && kind === "time") return []; // a kernel without them
    throw fileSystemError(error, "look at the namespace", path);
  }
}

const seccompModes = new Map([
  ["0", "off"],
  ["1", "strict"],
  ["2", "filter"],
]);

function processRows(directory: string, status: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const file = (name: string) => (readFileIfExists(join(directory, name)) ?? "").trim().replace(/[ \t]+/g, " ");
  const word = (key: string) => (status.get(key) ?? "").replace(/\s+/g, " ");
  return new Map([
    ["uids (real, effective, saved, file system)", word("Uid")],
    ["gids (real, effective, saved, file system)", word("Gid")],
    ["further groups", word("Groups")],
    ["uid map (inside outside count)", file("uid_map").replaceAll("\n", ",")],
    ["gid map (inside outside count)", file("gid_map").replaceAll("\n", ",")],
    ["no new privileges", word("NoNewPrivs") === "1" ? "yes" : "no"],
    ["seccomp", seccompModes.get(word("Seccomp")) ?? word("Seccomp")],
    ["oom_score_adj", file("oom_score_adj")],
    [
      "control group",
      file("cgroup")
        .split("\n")
        .find((line) => line.startsWith("0::"))
        ?.slice(3) ?? "",
    ],
  ]);
}

/** The names of the capabilities in a set as /proc/PID/status writes it: hexadecimal digits (proc_pid_status(5)). */
export function capabilitiesIn(mask: string | undefined): readonly string[] {
  return mask !== undefined && /^[0-9a-f]{1,16}$/.test(mask) ? capabilityNames(BigInt(`0x${mask}`)) : [];
}

/** For each capability the sets that it is in; nothing for one that is in none. */
function capabilityRows(status: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const sets = new Map<string, string[]>();
  for (const [key, set] of capabilitySets) {
    for (const name of capabilitiesIn(status.get(key))) sets.set(name, [...(sets.get(name) ?? []), set]);
  }
  return new Map([...sets].map(([name, members]) => [name, members.join(" ")]));
}

/** `Max open files  1024  4096  files`: soft and hard limit of each line after the title (proc_pid_limits(5)). */
export function resourceLimits(directory: string): readonly (readonly [string, string])[] {
  const [, ...lines] = (readFileIfExists(join(directory, "limits")) ?? "").split("\n");
  return lines.flatMap((line) => {
    const [, name, soft, hard] = /^Max (.+?) {2,}(\S+) +(\S+)/.exec(line) ?? [];
    return name === undefined ? [] : [[name, soft === hard ? `${soft}` : `${soft} (hard ${hard})`] as const];
  });
}

function groupRows(cgroup: string | undefined): readonly (readonly [string, string])[] {
  if (cgroup === undefined) return [];
  const read = groupFiles(cgroup);
  return [...groupLimits, ...moreGroupLimits].flatMap((name) => {
    const text = read(name)?.trim();
    return text === undefined || text === "" ? [] : [[name, text.replaceAll("\n", ", ")] as const];
  });
}

/** The lines `KEY: value` of a text such as /proc/PID/status. */
export function keyed(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split("\n").map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    }),
  );
}
