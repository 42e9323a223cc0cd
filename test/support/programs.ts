import { execFile } from "node:child_process";

/** They fetch something while a fixture is made; tests run in network namespaces of their own, from which nothing is reached. */
const fetching: ReadonlySet<string> = new Set(["mmdebstrap"]);

/**
 * Runs a tool of the test machine (skopeo, umoci, tar, ...) and resolves with its stdout; rejects with what it said
 * unless it ends with 0.
 */
export function runTool(program: string, args: readonly string[], cwd?: string): Promise<string> {
  const options = { encoding: "utf8", maxBuffer: 1 << 28, ...(cwd === undefined ? {} : { cwd }) } as const;
  const network = process.env.BRIG_TEST_OUTER_NETWORK;
  const outside = network === undefined || !fetching.has(program) ? [] : ["nsenter", `--net=${network}`];
  const [file = program, ...argv] = [...outside, program, ...args];
  return new Promise((resolve, reject) => {
    execFile(file, argv, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${program} ${args.join(" ")}: ${stderr.trim() || error.message}`));
    });
  });
}
