import { readFileSync } from "node:fs";
import { errnoOf } from "../../base/index.ts";

/** A process that cannot be mistaken for a later one with the same number (SECURITY-BASELINE R12). */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks after the boot at which it started, field 22 of proc_pid_stat(5). */
  readonly startTime: string;
  readonly bootId: string;
}

/** This host's boot id (random(4)). `proc` is where procfs is mounted. */
export function readBootId(proc = "/proc"): string {
  return readFileSync(`${proc}/sys/kernel/random/boot_id`, "utf8").trim();
}

/** The identity of a running process, undefined when there is none with this number. */
export function identifyProcess(pid: number, proc = "/proc"): ProcessIdentity | undefined {
  const startTime = readStartTime(pid, proc);
  return startTime === undefined ? undefined : { pid, startTime, bootId: readBootId(proc) };
}

/** Whether that very process still runs; a zombie does not. `bootId` is for callers that ask about many processes. */
export function isAlive(process: ProcessIdentity, proc = "/proc", bootId = readBootId(proc)): boolean {
  return process.bootId === bootId && readStartTime(process.pid, proc) === process.startTime;
}

function readStartTime(pid: number, proc: string): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`${proc}/${pid}/stat`, "utf8");
  } catch (error) {
    // ESRCH: it ended between open(2) and read(2).
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ESRCH") return undefined;
    throw error;
  }
  // The second field is the name in parentheses and may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
}
