/** The host's side of a container's interface in a bridge network. 14 characters; 15 are allowed (if.h, IFNAMSIZ). */
export function hostInterfaceName(containerId: string, network: string): string {
  return `bv${endpointId(containerId, network).slice(0, 12)}`;
}

/** The bridge of a user's network, named as Docker names it. */
export function bridgeInterfaceName(networkId: string): string {
  return `br-${networkId.slice(0, 12)}`;
}

/** 64 hexadecimal digits, as random as the container's id, and another id for each of its networks. */
export function endpointId(containerId: string, network: string): string {
  const salt = hashOf(network).toString(16).padStart(8, "0").repeat(8);
  return (BigInt(`0x${containerId}`) ^ BigInt(`0x${salt}`)).toString(16).padStart(64, "0");
}

/** FNV-1a, 32 bits: enough to tell the few networks of one container apart. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
