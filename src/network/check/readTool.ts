import { spawn } from "node:child_process";

const mostBytes = 256 * 1024 * 1024;
const timeoutMs = 20_000;

/** What a program that only looks said on stdout; undefined when it ended with a failure, said too much or took too long. */
export function readTool(program: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: "/", env: {}, stdio: ["ignore", "pipe", "ignore"], timeout: timeoutMs });
    const pieces: Buffer[] = [];
    let size = 0;
    child.stdout.on("data", (piece: Buffer) => {
      size += piece.length;
      if (size > mostBytes) child.kill("SIGKILL");
      else pieces.push(piece);
    });
    child.once("error", () => resolve(undefined));
    child.once("close", (code) => resolve(code === 0 ? Buffer.concat(pieces).toString("utf8") : undefined));
  });
}
