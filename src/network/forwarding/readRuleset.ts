import { readTool } from "../check/readTool.ts";

/** The whole ruleset of this network namespace, as `nft -j` prints it; undefined when it could not be read. */
export async function readRuleset(nft: string): Promise<unknown> {
  try {
    return JSON.parse((await readTool(nft, ["-j", "list", "ruleset"])) ?? "null") ?? undefined;
  } catch {
    return undefined; // a table that this nft cannot show is printed as something else than JSON
  }
}
