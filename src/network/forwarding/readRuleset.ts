import { execFile } from "node:child_process";

const maxBytes = 256 * 1024 * 1024;
const timeoutMs = 20_000;

/** The whole ruleset of this network namespace, as `nft -j` prints it; undefined when it could not be read. */
export function readRuleset(nft: string): Promise<unknown> {
  return new Promise((resolve) => {
    const options = { encoding: "utf8", maxBuffer: maxBytes, timeout: timeoutMs, env: {} } as const;
    execFile(nft, ["-j", "list", "ruleset"], options, (error, stdout) => {
      resolve(error === null ? parse(stdout) : undefined);
    });
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // a table that this nft cannot show is printed as something else than JSON
  }
}
