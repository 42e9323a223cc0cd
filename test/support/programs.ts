import { execFile } from "node:child_process";

/**
 * Runs a tool of the test machine (skopeo, umoci, tar, ...) and resolves with its stdout; rejects with what it said
 * unless it ends with 0.
 */
export function runTool(program: string, args: readonly string[], cwd?: string): Promise<string> {
  const options = { encoding: "utf8", maxBuffer: 1 << 28, ...(cwd === undefined ? {} : { cwd }) } as const;
  return new Promise((resolve, reject) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${program} ${args.join(" ")}: ${stderr.trim() || error.message}`));
    });
  });
}
