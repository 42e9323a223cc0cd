import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { EngineError } from "../base/index.ts";

/** Where the system keeps its programs; the caller's PATH is not asked. */
const toolDirectories = ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin"];

const packages = { ip: "iproute2", tc: "iproute2", nft: "nftables" } as const;

/** The absolute path of a program that the network needs. @throws EngineError `notOffered` when it is not installed. */
export function findTool(name: keyof typeof packages): string {
  const path = lookForTool(name);
  if (path !== undefined) return path;
  throw new EngineError("notOffered", `cannot make a network: the program "${name}" is not installed`, {
    hint: `install the package ${packages[name]}, or use --network none or host`,
  });
}

/** The same, undefined when it is not installed. */
export function lookForTool(name: keyof typeof packages): string | undefined {
  return toolDirectories.map((directory) => join(directory, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // whatever the reason, it cannot be run
  }
}
