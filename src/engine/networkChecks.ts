import type { DoctorCheck } from "../host/index.ts";
import type { Messages } from "../messages/index.ts";
import type { Places } from "./places.ts";

/** What somebody else's rules do to the networks of containers; nothing where there is no program to ask. */
export async function networkChecks({ root }: Places, words: Messages["doctor"]): Promise<readonly DoctorCheck[]> {
  const network = await import("../network/index.ts");
  const nft = network.lookForTool("nft");
  if (nft === undefined) return [];
  const bridges = network.listNetworkRecords(root).filter(({ driver }) => driver === "bridge");
  const names = new Set([network.defaultBridgeInterface, ...bridges.map(({ hostInterface }) => hostInterface)]);
  const facts = { ruleset: await network.readRuleset(nft), bridges: [...names] };
  return [network.checkForwarding(facts, words.forwarding)];
}
