import { formatAddress, type IpAddress, parseAddress } from "./ipAddress.ts";

/** A range of addresses that share their first `length` bits. */
export interface Subnet {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly length: number;
}

/** `10.1.0.0/16`; undefined for anything else. Bits behind the prefix are cleared (`base` of `parseInterface` keeps them). */
export function parseSubnet(text: string): Subnet | undefined {
  const slash = text.indexOf("/");
  const address = slash < 0 ? undefined : parseAddress(text.slice(0, slash));
  const digits = text.slice(slash + 1);
  if (address === undefined || !/^\d{1,3}$/.test(digits) || Number(digits) > bitsOf(address.family)) return undefined;
  return subnetOf(address, Number(digits));
}

/** The subnet with this prefix length that holds an address. */
export function subnetOf({ family, value }: IpAddress, length: number): Subnet {
  const size = 1n << BigInt(bitsOf(family) - length);
  return { family, first: value - (value % size), length };
}

export function formatSubnet({ family, first, length }: Subnet): string {
  return `${formatAddress({ family, value: first })}/${length}`;
}

export function bitsOf(family: 4 | 6): number {
  return family === 4 ? 32 : 128;
}

/** The number behind the last address. */
export function endOf({ family, first, length }: Subnet): bigint {
  return first + (1n << BigInt(bitsOf(family) - length));
}

export function overlaps(a: Subnet, b: Subnet): boolean {
  return a.family === b.family && a.first < endOf(b) && b.first < endOf(a);
}

export function contains(subnet: Subnet, address: IpAddress): boolean {
  return subnet.family === address.family && address.value >= subnet.first && address.value < endOf(subnet);
}

/** Whether an address can be an interface's: neither the network's own nor, of IPv4, the broadcast address. */
export function isUsable(subnet: Subnet, address: IpAddress): boolean {
  if (!contains(subnet, address)) return false;
  if (bitsOf(subnet.family) - subnet.length < 2) return true; // RFC 3021, RFC 6164
  if (address.value === subnet.first) return false;
  return subnet.family === 6 || address.value !== endOf(subnet) - 1n;
}
