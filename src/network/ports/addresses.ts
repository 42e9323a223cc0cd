import { isIP } from "node:net";

export type Family = 4 | 6;

export function familyOf(address: string): Family {
  return isIP(address) === 6 ? 6 : 4;
}

/** Every address of a family. */
export const wildcard: Readonly<Record<Family, string>> = { 4: "0.0.0.0", 6: "::" };

export function isWildcard(address: string): boolean {
  return address === wildcard[4] || address === wildcard[6];
}

export function isLoopback(address: string): boolean {
  return familyOf(address) === 4 ? address.startsWith("127.") : address === "::1";
}

/** The shortest form of a valid address (RFC 5952), so that equal addresses are equal texts; `::ffff:a.b.c.d` becomes `a.b.c.d`. */
export function canonicalAddress(address: string): string {
  if (isIP(address) !== 6) return address;
  // The URL standard writes IPv6 hosts as RFC 5952 wants them, but IPv4-mapped ones as two groups.
  const text = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(text);
  if (mapped === null) return text;
  const [high, low] = [Number.parseInt(mapped[1] ?? "", 16), Number.parseInt(mapped[2] ?? "", 16)];
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}

/** `0.0.0.0:80`, `[::]:80`. */
export function formatSocket(address: string, port: number): string {
  return `${formatHost(address)}:${port}`;
}

/** An address as it stands before the colon of a port. */
export function formatHost(address: string): string {
  return familyOf(address) === 6 ? `[${address}]` : address;
}
