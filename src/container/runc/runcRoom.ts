import { type ChildProcess, spawn } from "node:child_process";
import { childEnd, EngineError, requireSystemProgram } from "../../base/index.ts";

/**
 * A mount namespace and a pid namespace for one run of another runtime. The process that keeps them reads a pipe of ours:
 * when that closes, also because brig was killed, the kernel ends every process in the room and lets go of its mounts.
 */
export interface RuncRoom {
  /** Runs a program in the room until it ends. @throws EngineError `launchFailed` with its last words. */
  run(argv: readonly string[], directory: string): Promise<void>;
  /** Starts a program in the room, in a session of its own. The caller reads its errors and waits for its end. */
  start(argv: readonly string[], directory: string): ChildProcess;
  /** Resolves when nothing of the room is left. Idempotent. */
  close(): Promise<void>;
}

/** What the programs here are needed for, in errors. */
export const compareAttempt = "compare the container with runc";

/** The caller closes the room. @throws EngineError `notOffered`, `launchFailed`. */
export async function openRuncRoom(): Promise<RuncRoom> {
  const [unshare, nsenter] = [
    requireSystemProgram("unshare", compareAttempt),
    requireSystemProgram("nsenter", compareAttempt),
  ];
  const namespaces = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private"];
  const keeper = spawn(unshare, [...namespaces, "--", requireSystemProgram("cat", compareAttempt)], {
    stdio: ["pipe", "pipe", "ignore"],
    env: {},
    detached: true,
  });
  const ended = childEnd(keeper);
  keeper.stdin.on("error", () => undefined); // `ended` tells that it is gone
  keeper.stdin.write("\n"); // it comes back from inside of the namespaces
  const isThere = await Promise.race([new Promise((there) => keeper.stdout.once("data", () => there(true))), ended]);
  if (isThere !== true || keeper.pid === undefined) {
    throw new EngineError("launchFailed", "cannot make a mount namespace and a pid namespace for runc");
  }
  const namespace = (name: string) => `/proc/${keeper.pid}/ns/${name}`;
  const target = [`--mount=${namespace("mnt")}`, `--pid=${namespace("pid_for_children")}`];
  const start: RuncRoom["start"] = (argv, directory) =>
    spawn(nsenter, [...target, `--wdns=${directory}`, "--", ...argv], {
      stdio: ["ignore", "ignore", "pipe"],
      env: {},
      detached: true,
    });
  return {
    start,
    run: (argv, directory) => untilDone(argv, start(argv, directory)),
    async close() {
      keeper.stdin.end();
      await ended;
    },
  };
}

async function untilDone(argv: readonly string[], child: ChildProcess): Promise<void> {
  const said = lastWords(child);
  if ((await childEnd(child)) === 0) return;
  throw new EngineError("launchFailed", `cannot prepare a root file system for runc: ${argv[0]} failed: ${said()}`);
}

const mostWords = 4096;

/** The end of what a program writes to its errors, as one line. */
export function lastWords({ stderr }: ChildProcess): () => string {
  let said = "";
  stderr?.on("data", (piece: Buffer) => {
    said = (said + piece.toString("utf8")).slice(-mostWords);
  });
  return () => said.trim().split("\n").at(-1)?.slice(0, 500) ?? "";
}
