import { EngineError } from "../base/index.ts";
import { envName } from "./mergeImageConfig.ts";

export const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export interface EnvFacts {
  readonly hostname: string;
  readonly tty: boolean;
  readonly home: string;
}

/**
 * The environment of the process: PATH, HOSTNAME and, with a terminal, TERM as Docker sets them, then the chosen
 * variables, which override in place; a bare `KEY` takes a variable away; last HOME, if it is missing or empty.
 * Nothing of the caller's own environment is in it (SECURITY-BASELINE V68).
 */
export function completeEnv(chosen: readonly string[], { hostname, tty, home }: EnvFacts): readonly string[] {
  const result = new Map([
    ["PATH", `PATH=${defaultPath}`],
    ["HOSTNAME", `HOSTNAME=${hostname}`],
    ...(tty ? ([["TERM", "TERM=xterm"]] as const) : []),
  ]);
  for (const entry of chosen) {
    if (entry.includes("=")) result.set(envName(entry), entry);
    else result.delete(entry);
  }
  if ((result.get("HOME") ?? "HOME=") === "HOME=") {
    result.delete("HOME");
    result.set("HOME", `HOME=${home}`);
  }
  return [...result.values()];
}

/**
 * The value of PATH in such an environment, or in what it is made of; the default when it was taken away, as execvp(3)
 * has one too.
 */
export function pathOf(env: readonly string[]): string {
  const last = env.findLast((entry) => envName(entry) === "PATH") ?? "";
  return last.includes("=") ? last.slice("PATH=".length) : defaultPath;
}

/**
 * The files to try for execve(2), in order: what holds a slash is tried alone (relative to the working directory), any
 * other name in each directory of `path`. An empty part of PATH is skipped: it would mean the working directory, from
 * which nobody expects commands.
 */
export function executableCandidates(command: string, path: string): readonly string[] {
  if (command.includes("/")) return [command];
  if (command === "" || command === "." || command === "..") return [];
  const directories = path.split(":").filter((directory) => directory.startsWith("/"));
  return [...new Set(directories.map((directory) => `${directory.replace(/\/+$/, "")}/${command}`))];
}

/**
 * The files to try for a command in such an environment.
 *
 * @throws EngineError `commandNotFound` for `""`, `.` and `..`, which name no file in any directory of PATH.
 */
export function requireExecutables(command: string, env: readonly string[]): readonly string[] {
  const executables = executableCandidates(command, pathOf(env));
  if (executables.length > 0) return executables;
  throw new EngineError("commandNotFound", `exec: ${JSON.stringify(command)}: executable file not found in $PATH`, {
    hint: "check the command, and PATH among the variables",
  });
}
