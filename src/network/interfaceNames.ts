/** The host's side of a container's interface in a bridge network. 14 characters; 15 are allowed (if.h, IFNAMSIZ). */
export function hostInterfaceName(containerId: string, network: string): string {
  return `bv${salted(containerId.slice(0, 12), network)}`;
}

/** The bridge of a user's network, named as Docker names it. */
export function bridgeInterfaceName(networkId: string): string {
  return `br-${networkId.slice(0, 12)}`;
}

/** 64 hexadecimal digits, as random as the container's id, and another id for each of its networks. */
export function endpointId(containerId: string, network: string): string {
  return salted(containerId, network);
}

const pieceDigits = 4;

/** Hexadecimal digits, each xored with one that depends on its place and on the network. */
function salted(digits: string, network: string): string {
  const hash = hashOf(network);
  const salts = [hash >>> 16, hash & 0xffff];
  let text = "";
  for (let from = 0; from < digits.length; from += pieceDigits) {
    const piece = Number.parseInt(digits.slice(from, from + pieceDigits), 16) ^ (salts[(from / pieceDigits) % 2] ?? 0);
    text += piece.toString(16).padStart(pieceDigits, "0");
  }
  return text;
}

/** FNV-1a, 32 bits: enough to tell the few networks of one container apart. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
