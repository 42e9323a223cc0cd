import type { HostProcess } from "./processTable.ts";

/** What a column may need beside the process. */
export interface PsFacts {
  readonly now: Date;
  /** When the host was booted, milliseconds since the epoch. */
  readonly bootMs: number;
  readonly memoryBytes: number;
  /** Names of the host's users; others are shown by their number. */
  readonly userNames: ReadonlyMap<number, string>;
}

/** One column: its heading and the cell for a process. */
export interface PsColumn {
  readonly title: string;
  readonly cell: (process: HostProcess, facts: PsFacts) => string;
}

const ticksPerSecond = 100;

function column(title: string, cell: PsColumn["cell"]): PsColumn {
  return { title, cell };
}

const commandLine: PsColumn["cell"] = ({ name, words, state }) => {
  if (words.length > 0) return words.join(" ");
  return state === "Z" ? `[${name}] <defunct>` : `[${name}]`;
};
const userName: PsColumn["cell"] = ({ uid }, { userNames }) => userNames.get(uid) ?? String(uid);
const cpuTime: PsColumn["cell"] = ({ cpuTicks }) => formatClock(Math.floor(cpuTicks / ticksPerSecond));
const terminal: PsColumn["cell"] = ({ tty }) => terminalName(tty);
const started: PsColumn["cell"] = ({ startTicks }, facts) => formatStart(startOf(startTicks, facts), facts.now);
const state: PsColumn["cell"] = (process) => process.state;

/** The columns of ps(1) that are offered, by their specifiers. */
export const psColumns: Readonly<Record<string, PsColumn>> = {
  pid: column("PID", ({ pid }) => String(pid)),
  ppid: column("PPID", ({ ppid }) => String(ppid)),
  pgid: column("PGID", ({ pgid }) => String(pgid)),
  sid: column("SID", ({ sid }) => String(sid)),
  uid: column("UID", ({ uid }) => String(uid)),
  gid: column("GID", ({ gid }) => String(gid)),
  user: column("USER", userName),
  euser: column("EUSER", userName),
  comm: column("COMMAND", ({ name }) => name),
  ucmd: column("CMD", ({ name }) => name),
  cmd: column("CMD", commandLine),
  args: column("COMMAND", commandLine),
  command: column("COMMAND", commandLine),
  s: column("S", state),
  state: column("S", state),
  stat: column("STAT", fullState),
  tty: column("TT", terminal),
  tt: column("TT", terminal),
  tname: column("TTY", terminal),
  time: column("TIME", cpuTime),
  cputime: column("TIME", cpuTime),
  etime: column("ELAPSED", (process, facts) => formatElapsed(elapsedSeconds(process, facts))),
  etimes: column("ELAPSED", (process, facts) => String(elapsedSeconds(process, facts))),
  stime: column("STIME", started),
  start: column("START", started),
  c: column("C", (process, facts) => String(Math.min(99, Math.floor(cpuShare(process, facts))))),
  pcpu: column("%CPU", (process, facts) => cpuShare(process, facts).toFixed(1)),
  "%cpu": column("%CPU", (process, facts) => cpuShare(process, facts).toFixed(1)),
  pmem: column("%MEM", memoryShare),
  "%mem": column("%MEM", memoryShare),
  vsz: column("VSZ", ({ virtualBytes }) => String(Math.floor(virtualBytes / 1024))),
  rss: column("RSS", ({ residentBytes }) => String(Math.floor(residentBytes / 1024))),
  ni: column("NI", ({ nice }) => String(nice)),
  nlwp: column("NLWP", ({ threads }) => String(threads)),
  psr: column("PSR", ({ processor }) => String(processor)),
};

/** Under the heading that `-f` has. */
export const fullUser = column("UID", userName);
export const fullTerminal = column("TTY", terminal);

function fullState({ state: letter, nice, pid, sid, threads }: HostProcess): string {
  const priority = nice < 0 ? "<" : nice > 0 ? "N" : "";
  return `${letter}${priority}${sid === pid ? "s" : ""}${threads > 1 ? "l" : ""}`;
}

function startOf(startTicks: number, { bootMs }: PsFacts): Date {
  return new Date(bootMs + (startTicks * 1000) / ticksPerSecond);
}

function elapsedSeconds({ startTicks }: HostProcess, facts: PsFacts): number {
  return Math.max(0, Math.floor((facts.now.getTime() - startOf(startTicks, facts).getTime()) / 1000));
}

/** CPU time over the life of the process, in percent of one processor, as ps(1) counts. */
function cpuShare(process: HostProcess, facts: PsFacts): number {
  const seconds = elapsedSeconds(process, facts);
  return seconds === 0 ? 0 : process.cpuTicks / seconds;
}

function memoryShare({ residentBytes }: HostProcess, { memoryBytes }: PsFacts): string {
  return memoryBytes === 0 ? "0.0" : ((residentBytes / memoryBytes) * 100).toFixed(1);
}

/** `01:02:03`, with days before it when there are some. */
function formatClock(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const days = Math.floor(seconds / 86_400);
  const clock = `${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return days === 0 ? clock : `${days}-${clock}`;
}

/** As `formatClock`, without hours that are none. */
function formatElapsed(seconds: number): string {
  return formatClock(seconds).replace(/^00:/, "");
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The time of day for what was started today, else the day. */
function formatStart(start: Date, now: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  if (start.toDateString() === now.toDateString()) return `${two(start.getHours())}:${two(start.getMinutes())}`;
  if (start.getFullYear() !== now.getFullYear()) return String(start.getFullYear());
  return `${months[start.getMonth()]}${two(start.getDate())}`;
}

/** Names of the terminals that processes of containers have (the kernel's devices.txt). */
export function terminalName(device: number): string {
  const major = (device >> 8) & 0xfff;
  const minor = (device & 0xff) | ((device >>> 12) & 0xfff00);
  if (device === 0) return "?";
  if (major >= 136 && major <= 143) return `pts/${minor + (major - 136) * 256}`;
  if (major === 4) return minor < 64 ? `tty${minor}` : `ttyS${minor - 64}`;
  return `${major},${minor}`;
}
