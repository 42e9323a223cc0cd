import { spawn } from "node:child_process";
import { readlinkSync } from "node:fs";
import { isatty } from "node:tty";
import { fileSystemError, requireSystemProgram } from "../../base/index.ts";

/** The caller's descriptors, which the shell gets. */
export interface ShellStreams {
  readonly stdio: readonly [number, number, number];
  /** What to do; without it the shell asks. */
  readonly command?: string;
  /** `TERM`, for what draws. */
  readonly terminal?: string;
  /** Told before the shell begins. */
  readonly onOpen?: (shell: Omit<LentShell, "exitCode">) => void;
}

/** `image`: /bin/sh of the container's root. `host`: the host's, with the host's files. */
export interface LentShell {
  readonly kind: "image" | "host";
  /** Where it is, in one sentence. */
  readonly says: string;
  readonly exitCode: number;
}

export interface ShellPlace {
  readonly pid: number;
  /** Whether what the process sees as "/" is the container's root. */
  readonly inRoot: boolean;
}

const attempt = "open a shell";

/** The names of the directory `ns` of proc_pid(5), and nsenter's words for them; the user namespace goes first. */
const kinds = { user: "user", mnt: "mount", uts: "uts", ipc: "ipc", net: "net", pid: "pid", cgroup: "cgroup" } as const;

/**
 * Opens a shell in the namespaces of a process that waits. The image's own is used only where the process has a user
 * namespace of its own and the container's root: nothing but that namespace keeps a stranger's program, which has no filter
 * and all capabilities here, from the host. Everywhere else the host lends its shell, and then its files are seen, too.
 *
 * @throws EngineError `notOffered` when the host has no nsenter or sh, `fileSystem` when the process has ended.
 */
export async function openShell(place: ShellPlace, streams: ShellStreams): Promise<LentShell> {
  const nsenter = requireSystemProgram("nsenter", attempt);
  const joined = (Object.keys(kinds) as (keyof typeof kinds)[]).filter((kind) => isForeign(place.pid, kind));
  const words = (left: readonly string[]) =>
    joined.filter((kind) => !left.includes(kind)).map((kind) => `--${kinds[kind]}=/proc/${place.pid}/ns/${kind}`);
  const env = {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: "/",
    TERM: streams.terminal ?? "dumb",
  };
  const run = (argv: readonly string[], stdio: ShellStreams["stdio"] | "ignore") =>
    finish(nsenter, argv, { env, stdio });
  const inside = [...words([]), "/bin/sh"];
  const trusted = joined.includes("user") && joined.includes("mnt");
  const image = place.inRoot && trusted && (await run([...inside, "-c", ":"], "ignore")) === 0;
  const shell = image ? imageShell : hostShell(place, trusted);
  streams.onOpen?.(shell);
  const argv = image ? inside : [...words(place.inRoot ? ["mnt"] : []), requireSystemProgram("sh", attempt)];
  return { ...shell, exitCode: await run([...argv, ...shellWords(streams)], streams.stdio) };
}

/**
 * Without a terminal there is nobody who wants to see a prompt. With one, and without `+m`, the shell would make a group of
 * its own the terminal's, and could not give it back from inside another pid namespace (tcsetpgrp(3)).
 */
function shellWords({ command, stdio: [stdin] }: ShellStreams): readonly string[] {
  if (command !== undefined) return ["-c", command];
  return isatty(stdin) ? ["-i", "+m"] : [];
}

const imageShell = { kind: "image", says: "this is the image's /bin/sh, in all namespaces of the container" } as const;

function hostShell({ inRoot }: ShellPlace, trusted: boolean): Omit<LentShell, "exitCode"> {
  if (!inRoot)
    return { kind: "host", says: "this is the host's sh, in all namespaces so far; the files are still the host's" };
  const reason = trusted
    ? "the root has no /bin/sh that runs"
    : "without a user namespace the image's programs are not trusted";
  return { kind: "host", says: `this is the host's sh, in all namespaces but that of the mounts: ${reason}` };
}

function isForeign(pid: number, kind: string): boolean {
  const path = `/proc/${pid}/ns/${kind}`;
  try {
    return readlinkSync(path) !== readlinkSync(`/proc/self/ns/${kind}`);
  } catch (error) {
    throw fileSystemError(error, "look at the namespace", path);
  }
}

interface Surroundings {
  readonly env: Readonly<Record<string, string>>;
  readonly stdio: ShellStreams["stdio"] | "ignore";
}

function finish(program: string, argv: readonly string[], { env, stdio }: Surroundings): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, argv, { cwd: "/", env, stdio: stdio === "ignore" ? stdio : [...stdio] });
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 128));
  });
}
