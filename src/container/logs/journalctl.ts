import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { EngineError } from "../../base/index.ts";

const programs = ["/usr/bin/journalctl", "/bin/journalctl"];
const mostSaidBytes = 4096;

/** A journalctl(1) that runs. */
export interface Journalctl {
  readonly stdout: NonNullable<ChildProcess["stdout"]>;
  readonly ended: Promise<{ readonly code: number; readonly said: string }>;
  kill(signal: "SIGKILL"): void;
}

/**
 * Starts journalctl with an environment of its own. The caller reads `stdout` to its end or kills it.
 *
 * @throws EngineError `notOffered` with Docker's sentence where there is no journalctl.
 */
export function startJournalctl(args: readonly string[]): Journalctl {
  const program = programs.find((path) => existsSync(path));
  if (program === undefined) {
    throw new EngineError("notOffered", "configured logging driver does not support reading", {
      hint: "journalctl is not installed, and it is what reads the journal",
    });
  }
  const env = { PATH: "/usr/bin:/bin", LANG: "C.UTF-8" };
  const child = spawn(program, [...args], { cwd: "/", env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stderr.on("data", (text: Buffer) => {
    said = `${said}${text.toString()}`.slice(-mostSaidBytes);
  });
  const ended = new Promise<{ code: number; said: string }>((resolve) => {
    child.once("error", (error) => resolve({ code: 127, said: error.message }));
    child.once("close", (code) => resolve({ code: code ?? 128, said: said.trim() }));
  });
  return { stdout: child.stdout, ended, kill: (signal) => void child.kill(signal) };
}
