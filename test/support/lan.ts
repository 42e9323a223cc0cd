import { connectPeer, endPeer, type Peer, startPeer } from "./vantage.ts";

/** This host's own addresses on the network that it shares with a neighbour. */
export const lanAddress = { 4: "192.0.2.1", 6: "2001:db8::1" } as const;
export const neighbourAddress = { 4: "192.0.2.9", 6: "2001:db8::9" } as const;

/** Another host on a cable to this one, which it takes for its router. The caller ends with `endPeer`. */
export async function startNeighbour(): Promise<Peer> {
  const peer = await startPeer();
  try {
    await connectPeer(peer, {
      name: "lan0",
      here: [`${lanAddress[4]}/24`, `${lanAddress[6]}/64`],
      there: [`${neighbourAddress[4]}/24`, `${neighbourAddress[6]}/64`],
      gateways: [lanAddress[4], lanAddress[6]],
    });
  } catch (error) {
    await endPeer(peer);
    throw error;
  }
  return peer;
}
