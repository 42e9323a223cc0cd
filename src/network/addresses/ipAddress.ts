import { isIPv4, isIPv6 } from "node:net";

/** An address as a number, so that subnets are ranges of numbers. */
export interface IpAddress {
  readonly family: 4 | 6;
  readonly value: bigint;
}

/** Undefined for anything that is not an address, one with a zone (`fe80::1%eth0`) included. */
export function parseAddress(text: string): IpAddress | undefined {
  if (isIPv4(text)) return { family: 4, value: text.split(".").reduce((sum, part) => sum * 256n + BigInt(part), 0n) };
  if (!isIPv6(text) || text.includes("%")) return undefined;
  return { family: 6, value: parseGroups(text) };
}

function parseGroups(text: string): bigint {
  const dotted = text.lastIndexOf(".") < 0 ? undefined : parseAddress(text.slice(text.lastIndexOf(":") + 1));
  const plain =
    dotted === undefined
      ? text
      : `${text.slice(0, text.lastIndexOf(":") + 1)}${(dotted.value >> 16n).toString(16)}:${(dotted.value & 0xffffn).toString(16)}`;
  const [head = "", tail] = plain.split("::");
  const groupsOf = (half: string) => (half === "" ? [] : half.split(":"));
  const [first, last] = [groupsOf(head), groupsOf(tail ?? "")];
  const zeros = tail === undefined ? 0 : 8 - first.length - last.length;
  const groups = [...first, ...new Array<string>(zeros).fill("0"), ...last];
  return groups.reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n);
}

/** The shortest form; of IPv6 that of RFC 5952. */
export function formatAddress({ family, value }: IpAddress): string {
  if (family === 4) return formatQuad(Number(value));
  const groups = [112n, 96n, 80n, 64n, 48n, 32n, 16n, 0n].map((shift) => (value >> shift) & 0xffffn);
  const zeros = longestZeros(groups);
  const hex = (part: readonly bigint[]) => part.map((group) => group.toString(16)).join(":");
  if (zeros.length < 2) return hex(groups);
  return `${hex(groups.slice(0, zeros.start))}::${hex(groups.slice(zeros.start + zeros.length))}`;
}

/** Without big numbers: who looks for a free address asks for many. */
function formatQuad(value: number): string {
  return `${value >>> 24}.${(value >>> 16) & 0xff}.${(value >>> 8) & 0xff}.${value & 0xff}`;
}

function longestZeros(groups: readonly bigint[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  for (const [index, group] of groups.entries()) {
    length = group === 0n ? length + 1 : 0;
    if (length > best.length) best = { start: index - length + 1, length };
  }
  return best;
}

/** Six bytes of an Ethernet address that is locally administered, by the last four of an IPv4 or IPv6 address. */
export function macOfAddress({ value }: IpAddress): string {
  const bytes = [24n, 16n, 8n, 0n].map((shift) => ((value >> shift) & 0xffn).toString(16).padStart(2, "0"));
  return ["02", "42", ...bytes].join(":");
}
