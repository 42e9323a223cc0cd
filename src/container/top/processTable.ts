import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from "node:fs";
import { join } from "node:path";
import { errnoOf } from "../../base/index.ts";

/** One process as the host sees it. Its names and words come from the container: a stranger's. */
export interface HostProcess {
  readonly pid: number;
  readonly ppid: number;
  readonly pgid: number;
  readonly sid: number;
  readonly uid: number;
  readonly gid: number;
  /** One letter of proc_pid_stat(5). */
  readonly state: string;
  /** `dev_t` of its terminal; 0 without one. */
  readonly tty: number;
  readonly nice: number;
  readonly threads: number;
  readonly processor: number;
  /** CPU time and start after the boot, in hundredths of a second (USER_HZ). */
  readonly cpuTicks: number;
  readonly startTicks: number;
  readonly virtualBytes: number;
  readonly residentBytes: number;
  readonly name: string;
  /** Empty for a process that has none: a zombie, a kernel thread. */
  readonly words: readonly string[];
}

/** Which processes belong to the container: those of its group, or of its first process's pid namespace. */
export interface ProcessScope {
  /** The directory of its v2 group; absent: this host has none. */
  readonly cgroup?: string;
  readonly firstPid: number;
  readonly proc?: string;
}

/**
 * The processes of a container, in the order of their ids. Reads procfs and cgroupfs of the host and nothing else: no
 * file of the container is opened and nothing of it is executed (CVE-2022-1227).
 */
export function readProcesses({ cgroup, firstPid, proc = "/proc" }: ProcessScope): readonly HostProcess[] {
  const pids = cgroup === undefined ? pidsOfNamespace(firstPid, proc) : pidsOfGroup(cgroup);
  return [...new Set(pids)]
    .sort((one, other) => one - other)
    .flatMap((pid) => {
      const found = readProcess(pid, proc);
      // Its number may have gone to another process since the group was read.
      return found === undefined || !(cgroup === undefined || isInGroup(pid, cgroup, proc)) ? [] : [found];
    });
}

/** The ids in a group and all groups below it; a group that is gone has none. */
function pidsOfGroup(directory: string): readonly number[] {
  const own = readGroupFile(join(directory, "cgroup.procs")).split("\n").map(Number);
  return [...own.filter((pid) => pid > 0), ...groupsBelow(directory).flatMap(pidsOfGroup)];
}

/** Empty when the group has gone (ENODEV while it is open), or is threaded and lists its processes above. */
function readGroupFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (["ENOENT", "ENODEV", "EOPNOTSUPP", "ENOTSUP"].includes(errnoOf(error) ?? "")) return "";
    throw error;
  }
}

function groupsBelow(directory: string): readonly string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => join(directory, entry.name));
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENODEV") return [];
    throw error;
  }
}

/** `/proc/PID/cgroup` shows the path below the mount; its end is the name of the container's group. */
function isInGroup(pid: number, cgroup: string, proc: string): boolean {
  const path = `${readStart(`${proc}/${pid}/cgroup`, 8192)
    .split("\n")
    .find((line) => line.startsWith("0::"))}/`;
  return path.includes(`${cgroup.slice(cgroup.lastIndexOf("/"))}/`);
}

function pidsOfNamespace(firstPid: number, proc: string): readonly number[] {
  const namespaceOf = (pid: number | string): string | undefined => {
    try {
      return readlinkSync(`${proc}/${pid}/ns/pid`);
    } catch {
      return undefined; // it has ended
    }
  };
  const wanted = namespaceOf(firstPid);
  const pids = readdirSync(proc).filter((name) => /^\d{1,10}$/.test(name));
  return wanted === undefined ? [] : pids.filter((pid) => namespaceOf(pid) === wanted).map(Number);
}

const pageBytes = 4096;
/** What is shown of a command line. */
const commandLineBytes = 4096;

/** undefined when the process has ended. */
function readProcess(pid: number, proc: string): HostProcess | undefined {
  const directory = `${proc}/${pid}`;
  const stat = parseStat(readStart(`${directory}/stat`, 4096));
  const status = readStart(`${directory}/status`, 8192);
  if (stat === undefined || status === "") return undefined;
  const idOf = (key: string) => Number(new RegExp(`^${key}:\\t(?:\\d+\\t)?(\\d+)`, "m").exec(status)?.[1] ?? 0);
  const words = readStart(`${directory}/cmdline`, commandLineBytes).split("\0");
  return { pid, ...stat, uid: idOf("Uid"), gid: idOf("Gid"), words: words.at(-1) === "" ? words.slice(0, -1) : words };
}

type Stat = Omit<HostProcess, "pid" | "uid" | "gid" | "words">;

/** proc_pid_stat(5): the second field, a name in parentheses, may itself hold spaces and parentheses. */
export function parseStat(text: string): Stat | undefined {
  const end = text.lastIndexOf(")");
  const fields = text.slice(end + 2).split(" ");
  if (end < 0 || fields.length < 37) return undefined;
  const number = (field: number) => Number(fields[field - 3]); // the third field of the file is the first one here
  return {
    name: text.slice(text.indexOf("(") + 1, end),
    state: fields[0] ?? "?",
    ppid: number(4),
    pgid: number(5),
    sid: number(6),
    tty: number(7),
    cpuTicks: number(14) + number(15),
    nice: number(19),
    threads: number(20),
    startTicks: number(22),
    virtualBytes: number(23),
    residentBytes: number(24) * pageBytes,
    processor: number(39),
  };
}

/** At most `limit` bytes of a file of procfs; empty when the process has ended. */
function readStart(path: string, limit: number): string {
  try {
    const fd = openSync(path, "r");
    try {
      const bytes = Buffer.alloc(limit);
      return bytes.toString("utf8", 0, readSync(fd, bytes, 0, limit, 0));
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ESRCH") return "";
    throw error;
  }
}
