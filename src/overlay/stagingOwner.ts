import { randomHex, readFileIfExists } from "../base/index.ts";

/**
 * A name for a staging directory that says who works in it: the process by its id, its start time and the machine's
 * boot, so that a later process that got the same id is not taken for it.
 */
export function newStagingName(): string {
  return `${randomHex(8)}.${process.pid}.${startTime(process.pid) ?? 0}.${bootId()}`;
}

/** Whether the process that made the name is still there. A name that nobody here could have made has no owner. */
export function isStagingOwned(name: string): boolean {
  const match = /^[0-9a-f]{16}\.(\d{1,10})\.(\d{1,20})\.([0-9a-f]{32})$/.exec(name);
  if (match === null || match[3] !== bootId()) return false;
  return startTime(Number(match[1])) === match[2];
}

/** Field 22 of /proc/PID/stat, proc_pid_stat(5). The command name before it may hold spaces and parentheses. */
function startTime(pid: number): string | undefined {
  const stat = readFileIfExists(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
}

function bootId(): string {
  return (readFileIfExists("/proc/sys/kernel/random/boot_id") ?? "").trim().replaceAll("-", "");
}
