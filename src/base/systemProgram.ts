import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { EngineError } from "./errors.ts";

/** Where the system keeps its programs. */
const directories = ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin"];

/** The absolute path of a program of the system's; undefined when it is not installed. The caller's PATH is not asked. */
export function findSystemProgram(name: string): string | undefined {
  return directories.map((directory) => join(directory, name)).find(isExecutable);
}

/** Whether this process may execute a file. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // whatever the reason, it cannot be run
  }
}

/** Programs that some features need, and the Debian packages that have them. */
const packages = {
  cat: "coreutils",
  ip: "iproute2",
  mkdir: "coreutils",
  mount: "mount",
  nsenter: "util-linux",
  runc: "runc",
  sh: "dash",
  sleep: "coreutils",
  strace: "strace",
  umount: "mount",
  unshare: "util-linux",
} as const;

/**
 * The absolute path of a program of the system's. `attempt` is what it is needed for, after "cannot": `open a shell`.
 *
 * @throws EngineError `notOffered` when it is not installed.
 */
export function requireSystemProgram(name: keyof typeof packages, attempt: string): string {
  const path = findSystemProgram(name);
  if (path !== undefined) return path;
  throw new EngineError("notOffered", `cannot ${attempt}: ${name} is not installed`, {
    hint: `install it with "apt-get install ${packages[name]}"`,
  });
}
