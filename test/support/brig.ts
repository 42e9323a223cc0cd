import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { constants as osConstants } from "node:os";
import { dirname, join } from "node:path";
import { brigPath, helperPath, projectRoot, testDirectory } from "./projectPaths.ts";

/** The roots of one test (or of the tests of one file): nothing of them is shared with another. */
export interface TestRoot {
  /** A directory of the test's own; everything else is below it. */
  readonly directory: string;
  readonly root: string;
  readonly runRoot: string;
  /** `HOME` of the commands that are run: no credentials of the caller are seen. */
  readonly home: string;
}

/** Makes fresh roots. The caller ends with `disposeRoot`. */
export function createRoot(): TestRoot {
  const directory = mkdtempSync(join(testDirectory(), "t-"));
  const testRoot = {
    directory,
    root: join(directory, "root"),
    runRoot: join(directory, "run"),
    home: join(directory, "home"),
  };
  mkdirSync(testRoot.home);
  return testRoot;
}

/**
 * Takes the roots away with everything in them. Never fails a test: what cannot be removed (a mount that was left, for
 * example) is found afterwards by the check for leftovers.
 */
export function disposeRoot(testRoot: TestRoot): void {
  try {
    rmSync(testRoot.directory, { recursive: true, force: true });
  } catch {
    // leftovers.ts names the directory
  }
}

export interface BrigSettings {
  readonly root: TestRoot;
  /** All of stdin; without it the command reads an empty stdin. */
  readonly stdin?: string | Uint8Array;
  /** Added to the small environment that every command gets. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** When it passes, the command is killed and the promise rejects; 180 seconds when left out. */
  readonly timeoutMs?: number;
}

export interface BrigResult {
  /** The exit status, or 128 plus the number of the signal that ended the command. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly stdoutBytes: Buffer;
}

/** What commands see of the caller's environment: nothing but this. */
export function brigEnvironment(root: TestRoot): Record<string, string> {
  return {
    PATH: `${dirname(process.execPath)}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    HOME: root.home,
    LANG: "C.UTF-8",
    BRIG_HELPER: helperPath,
  };
}

/** The argv that starts brig from the clone with the test's own roots. */
export function brigCommand(root: TestRoot, args: readonly string[]): readonly string[] {
  return [brigPath, "--root", root.root, "--run-root", root.runRoot, ...withUserns(args)];
}

const makers = /^(plan |container |unroll )?(run|create)$/;

/** With BRIG_TEST_USERNS=host every container that does not say otherwise is made in the host's user namespace. */
function withUserns(args: readonly string[]): readonly string[] {
  const mode = process.env["BRIG_TEST_USERNS"];
  const words = args.findIndex((_, index) => makers.test(args.slice(0, index + 1).join(" ")));
  if (mode === undefined || words < 0 || words > 1 || args.some((arg) => arg.startsWith("--userns"))) return args;
  return [...args.slice(0, words + 1), `--userns=${mode}`, ...args.slice(words + 1)];
}

/** Runs brig as a user would and waits for its end, whatever its exit status is. */
export function runBrig(args: readonly string[], settings: BrigSettings): Promise<BrigResult> {
  const { root, stdin = "", env = {}, cwd = projectRoot, timeoutMs = 180_000 } = settings;
  const [program = "", ...rest] = brigCommand(root, args);
  const child = spawn(program, rest, { cwd, env: { ...brigEnvironment(root), ...env }, stdio: "pipe" });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (piece: Buffer) => stdout.push(piece));
  child.stderr.on("data", (piece: Buffer) => stderr.push(piece));
  child.stdin.on("error", () => undefined); // EPIPE: the command did not want all of it
  child.stdin.end(stdin);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      const said = Buffer.concat(stderr).toString();
      reject(new Error(`brig ${args.join(" ")} did not end within ${timeoutMs} ms; it said: ${said}`));
    }, timeoutMs);
    child.once("error", reject);
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      const stdoutBytes = Buffer.concat(stdout);
      resolve({
        code: code ?? 128 + signalNumber(signal),
        stdout: stdoutBytes.toString(),
        stderr: Buffer.concat(stderr).toString(),
        stdoutBytes,
      });
    });
  });
}

/** As `runBrig`, for the steps that only prepare a test: throws with what the command said unless it ends with 0. */
export async function brigOk(args: readonly string[], settings: BrigSettings): Promise<BrigResult> {
  const result = await runBrig(args, settings);
  if (result.code !== 0) {
    throw new Error(`brig ${args.join(" ")} ended with ${result.code}: ${result.stderr}${result.stdout}`);
  }
  return result;
}

function signalNumber(signal: NodeJS.Signals | null): number {
  return signal === null ? 0 : osConstants.signals[signal];
}
