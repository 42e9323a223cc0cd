// What may not grow. The first kind is ours alone and is counted exactly; the second belongs to the whole machine, on
// which others may be at work.
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

export const exactNames = ["mounts", "groups", "files", "processes"];
export const sharedNames = ["open files of the machine", "unreclaimable kernel memory, KiB"];

export function takeSample(root, runs) {
  return {
    runs,
    mounts: readFileSync("/proc/self/mountinfo", "utf8")
      .split("\n")
      .filter((line) => line.includes(root.directory)).length,
    groups: groupsBelow(root),
    files: root.roots.reduce((sum, directory) => sum + filesBelow(directory), 0),
    processes: processesOf(root.directory),
    "open files of the machine": Number(readFileSync("/proc/sys/fs/file-nr", "utf8").split("\t")[0]),
    "unreclaimable kernel memory, KiB": Number(/^SUnreclaim:\s+(\d+)/m.exec(readFileSync("/proc/meminfo", "utf8"))[1]),
  };
}

/** Groups of containers that our own event log tells of: there may be others on the machine. */
function groupsBelow({ roots: [root] }) {
  const line = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .find((text) => text.includes(" - cgroup2 "));
  const brig = line === undefined ? "" : join(line.split(" ")[4], "brig");
  if (!existsSync(brig)) return 0;
  const events = readFileSync(join(root, "events.ndjson"), "utf8");
  return readdirSync(brig).filter((name) => /^[0-9a-f]{64}$/.test(name) && events.includes(name)).length;
}

function filesBelow(directory) {
  return readdirSync(directory, { recursive: true }).length;
}

function processesOf(directory) {
  return readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && isOf(pid, directory)).length;
}

/** Monitors have no argument of ours, but their directories open. */
function isOf(pid, directory) {
  if (Number(pid) === process.pid) return false;
  try {
    if (readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(directory)) return true;
    return readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith(directory));
  } catch {
    return false; // it has ended
  }
}
