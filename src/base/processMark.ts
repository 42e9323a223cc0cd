import { readFileIfExists } from "./atomicFile.ts";

/**
 * What says in a name which process is meant: its id, its start time and the machine's boot, so that a later process
 * that got the same id is not taken for it.
 */
export function processMark(pid: number): string {
  return `${pid}.${startTime(pid) ?? 0}.${bootId()}`;
}

/** The same of this process. */
export function ownProcessMark(): string {
  return processMark(process.pid);
}

/** Whether the process of a mark is still there. A mark that nobody here could have made has no process. */
export function isMarkAlive(mark: string): boolean {
  const match = /^(\d{1,10})\.(\d{1,20})\.([0-9a-f]{32})$/.exec(mark);
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
