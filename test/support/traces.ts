import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The mount point of cgroup v2 on this host: at the usual place, or beside v1. */
export function unifiedHierarchy(): string | undefined {
  for (const line of readFileSync("/proc/self/mountinfo", "utf8").split("\n")) {
    const [before, after] = line.split(" - ");
    if (after?.startsWith("cgroup2 ")) return before?.split(" ")[4];
  }
  return undefined;
}

/** The group of a running container; undefined when it has none. */
export function cgroupOf(containerId: string): string | undefined {
  const unified = unifiedHierarchy();
  if (unified === undefined) return undefined;
  return groupDirectories(unified)
    .map((directory) => join(directory, containerId))
    .find((group) => existsSync(group));
}

/** Where groups of containers lie: brig's own tree, or the unit that systemd has made for it. */
export function groupDirectories(unified: string): readonly string[] {
  return [join(unified, "brig"), join(unified, "brig.slice/brig.service/containers")];
}

/** Processes of this host, those in containers too, that have a word among their arguments; zombies have none. */
export function processesWithArgument(word: string): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => argumentsOf(pid).includes(word))
    .map(Number);
}

function argumentsOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    return []; // it has ended meanwhile
  }
}
