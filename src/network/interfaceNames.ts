import { createHash } from "node:crypto";

/** The host's side of a container's interface in a bridge network. 14 characters; 15 are allowed (if.h, IFNAMSIZ). */
export function hostInterfaceName(containerId: string, network: string): string {
  return `bv${digestOf(containerId, network).slice(0, 12)}`;
}

/** The bridge of a user's network, named as Docker names it. */
export function bridgeInterfaceName(networkId: string): string {
  return `br-${networkId.slice(0, 12)}`;
}

export function endpointId(containerId: string, network: string): string {
  return digestOf(containerId, network);
}

function digestOf(containerId: string, network: string): string {
  return createHash("sha256").update(`${containerId}/${network}`).digest("hex");
}
