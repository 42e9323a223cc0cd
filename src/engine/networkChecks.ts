import type { DoctorCheck } from "../host/index.ts";
import type { Messages } from "../messages/index.ts";
import type { Places } from "./places.ts";

/** What somebody else's rules do to the networks of containers; nothing where there is no program to ask. */
export async function networkChecks({ root }: Places, words: Messages["doctor"]): Promise<readonly DoctorCheck[]> {
  const { checkForwarding, defaultBridgeInterface, listNetworkRecords, lookForTool, readRuleset } = await import(
    "../network/index.ts"
  );
  const nft = lookForTool("nft");
  if (nft === undefined) return [];
  const bridges = listNetworkRecords(root).filter(({ driver }) => driver === "bridge");
  const names = new Set([defaultBridgeInterface, ...bridges.map(({ hostInterface }) => hostInterface)]);
  const facts = { ruleset: await readRuleset(nft), bridges: [...names] };
  return [checkForwarding(facts, words.forwarding)];
}
