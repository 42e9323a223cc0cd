// Starting programs from the scripts: argv arrays, never a shell string.
import { spawn, spawnSync } from "node:child_process";

/** A failure that the person in front of the machine can mend; printed without a stack. */
export class StepFailure extends Error {
  constructor(message, remedy) {
    super(remedy === undefined ? message : `${message}\n  to fix it: ${remedy}`);
  }
}

/** The way to write a command so that it can be pasted into a shell. */
export function showCommand(program, args) {
  return [program, ...args]
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(" ");
}

/** Runs a command with the caller's terminal and throws StepFailure unless it ends with 0. */
export function runVisible(program, args, { cwd, env, remedy } = {}) {
  const { status, signal, error } = spawnSync(program, args, {
    cwd,
    stdio: "inherit",
    env: { ...process.env, ...env },
  });
  if (error !== undefined) throw new StepFailure(`cannot start "${program}": ${error.code ?? error.message}`, remedy);
  if (status !== 0) throw new StepFailure(`"${showCommand(program, args)}" ended with ${signal ?? status}`, remedy);
}

/**
 * Runs a command, keeps what it prints and shows it only when it fails. With `missingOnly` the remedy is for a program
 * that is not there, and says nothing about one that fails.
 */
export function runQuiet(program, args, { cwd, env, remedy, missingOnly = false } = {}) {
  const result = spawnSync(program, args, {
    cwd,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  if (result.error !== undefined) throw new StepFailure(`cannot start "${program}": ${result.error.code}`, remedy);
  if (result.status !== 0) {
    const said = `${result.stdout}${result.stderr}`.trim().split("\n").slice(0, 40).join("\n");
    throw new StepFailure(
      `"${showCommand(program, args)}" ended with ${result.signal ?? result.status}\n${said}`,
      missingOnly ? undefined : remedy,
    );
  }
  return result.stdout;
}

/** Runs a command with the caller's terminal; resolves with its status whatever it is. */
export function statusOf(program, args, { cwd, env } = {}) {
  const child = spawn(program, args, { cwd, stdio: "inherit", env: { ...process.env, ...env } });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status, signal) => resolve(status ?? signal));
  });
}

/** The frame of every script: failures that a person can mend are printed plainly, bugs keep their stack. */
export async function runScript(main) {
  try {
    process.exitCode = (await main(process.argv.slice(2))) ?? 0;
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    process.stderr.write(`\n${error.message}\n`);
    process.exitCode = 1;
  }
}
