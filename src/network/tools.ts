import { EngineError, findSystemProgram } from "../base/index.ts";

const packages = { ip: "iproute2", tc: "iproute2", nft: "nftables", stdbuf: "coreutils" } as const;

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
  return findSystemProgram(name);
}
