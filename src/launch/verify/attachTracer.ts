import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { childEnd, EngineError, readFileIfExists } from "../../base/index.ts";
import { parseTracedCall, straceForm, type TracedCall } from "./tracedCall.ts";
import type { LaunchTrace } from "./tracedProcesses.ts";

export interface TracerRequest {
  /** The process that is followed with all that it begins from now on. */
  readonly pid: number;
  /** An empty directory for what is written of each process; the caller removes it when the trace has been read. */
  readonly directory: string;
  /** Every call instead of those that a journal could tell of. */
  readonly counted?: "every";
}

/** A system-call trace that is being written. */
export interface Tracer {
  /** Lets every process go on alone, and resolves with what was seen. Idempotent. */
  stop(): Promise<LaunchTrace>;
}

/** What a journal could tell of, and what begins and ends processes. */
const tracedCalls = [
  ...[
    "%process",
    "%creds",
    "openat",
    "openat2",
    "open_tree",
    "mkdirat",
    "symlinkat",
    "unlinkat",
    "newfstatat",
    "fstat",
  ],
  ...["fstatfs", "fchdir", "chdir", "chroot", "fchown", "flock", "write", "read", "recvfrom", "sendto", "sendmsg"],
  ...["recvmsg", "mount", "umount2", "fsopen", "fsconfig", "fsmount", "fspick", "move_mount", "mount_setattr"],
  ...["pivot_root", "unshare", "setns", "bpf", "seccomp", "socketpair", "sethostname", "setdomainname", "ioctl"],
  ...["setsid", "dup2", "dup3", "keyctl", "prctl", "prlimit64", "close_range", "pidfd_open", "pidfd_send_signal"],
  ...["mknod", "mknodat", "close"],
];

/** More than a path, and a piece of the journal (native/launch.h), have. */
const longestString = 16 * 1024;

const options = ["-ff", ...straceForm, "-s", String(longestString)];

const journalOnly = ["-e", `trace=${tracedCalls.map((name) => `?${name}`).join(",")}`];

/**
 * Follows a process with strace(1) and resolves when that sees every call of it. The tracer is in a session of its own:
 * the interrupt key of a terminal does not reach it.
 *
 * @throws EngineError `notOffered` when the kernel does not let it.
 */
export async function attachTracer(strace: string, { pid, directory, counted }: TracerRequest): Promise<Tracer> {
  const output = join(directory, "calls");
  const tracer = spawn(
    strace,
    [...options, ...(counted === "every" ? [] : journalOnly), "-o", output, "-p", String(pid)],
    {
      stdio: ["ignore", "ignore", "pipe"],
      env: {},
      detached: true,
    },
  );
  const ended = childEnd(tracer);
  const said = await Promise.race([firstWords(tracer), ended.then(() => "strace ended without a word")]);
  if (tracer.pid === undefined || tracerOf(pid) !== tracer.pid) {
    tracer.kill("SIGKILL");
    throw new EngineError("notOffered", `cannot trace the launch: ${said.trim()}`, {
      hint: "where ptrace is forbidden, or used by another program, a launch cannot be verified",
    });
  }
  return {
    stop: async () => {
      tracer.kill("SIGINT"); // strace lets go of what it was attached to
      await ended;
      return { helper: pid, calls: readCalls(directory) };
    },
  };
}

/** It speaks when it has attached itself, or cannot. */
function firstWords({ stderr }: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    stderr?.once("data", (words: Buffer) => {
      resolve(words.toString("utf8"));
      stderr.resume();
    });
  });
}

/** proc_pid_status(5). */
function tracerOf(pid: number): number | undefined {
  const status = readFileIfExists(`/proc/${pid}/status`) ?? "";
  const [, tracer] = /^TracerPid:\t(\d+)$/m.exec(status) ?? [];
  return tracer === undefined ? undefined : Number(tracer);
}

const largestFile = 64 * 1024 * 1024;
const mostFiles = 4096;

function readCalls(directory: string): ReadonlyMap<number, readonly TracedCall[]> {
  const files = readdirSync(directory).slice(0, mostFiles);
  return new Map(files.map((name) => [Number(name.slice(name.lastIndexOf(".") + 1)), readFile(join(directory, name))]));
}

function readFile(path: string): readonly TracedCall[] {
  if (statSync(path).size > largestFile) {
    throw new EngineError("limitExceeded", `cannot read the trace "${path}": it is larger than ${largestFile} bytes`);
  }
  const lines = readFileSync(path, "latin1").split("\n");
  return lines.flatMap((line) => parseTracedCall(line) ?? []);
}
