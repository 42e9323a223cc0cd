import { isIP } from "node:net";
import type { FileEnd } from "./rewriteInPlace.ts";

/** A line of hosts(5): an address and what it is called. */
export interface HostsLine {
  readonly address: string;
  readonly names: readonly string[];
}

const localLines = `127.0.0.1\tlocalhost
::1\tlocalhost ip6-localhost ip6-loopback
fe00::\tip6-localnet
ff00::\tip6-mcastprefix
ff02::1\tip6-allnodes
ff02::2\tip6-allrouters
`;

/** Between these are the lines that change while the container runs; what follows is the container's own. */
const beginOfNames = "# who is on the same networks";
const endOfNames = "# the lines above are written by brig, the lines below are kept";

const [beginLine, endLine] = [Buffer.from(`${beginOfNames}\n`), Buffer.from(`${endOfNames}\n`)];

/** At most so much of what a container wrote is kept. */
const keptBytes = 64 * 1024;

/** The lines that every container has, and then the given ones. What is no address or no name is left out. Pure. */
export function formatHosts(lines: readonly HostsLine[]): string {
  return `${localLines}${formatLines(lines)}`;
}

/** Lines with a name at least. What is no address or no name is left out. Pure. */
export function formatLines(lines: readonly HostsLine[]): string {
  return lines
    .flatMap(({ address, names }) => {
      const words = [...new Set(names)].filter(isHostName);
      return isIP(address) === 0 || words.length === 0 ? [] : [`${address}\t${words.join(" ")}\n`];
    })
    .join("");
}

/** What brig writes into the file of a container whose names change. */
export interface ChangingHosts {
  /** Lines that are this container's alone. */
  readonly head: string;
  /** Lines of everybody who is on its networks. */
  readonly names: string;
}

/** The text for a container whose names change, with room for lines of its own. */
export function changingHosts({ head, names }: ChangingHosts): string {
  return `${head}${beginOfNames}\n${names}${endOfNames}\n`;
}

/**
 * What becomes of a hosts file: brig's lines anew, and below them what the container added to the old ones. `current` can
 * be anything, since the container may write the file. Pure.
 */
export function replaceHosts(current: Buffer, hosts: ChangingHosts): FileEnd {
  const end = current.indexOf(endLine);
  const own = end === -1 ? current : current.subarray(end + endLine.length);
  const fresh = Buffer.from(changingHosts(hosts));
  return changedFrom(current, { offset: 0, pieces: [fresh, own.subarray(0, keptBytes)] });
}

/**
 * The same where only the names have changed: what is above them stays as it is. Undefined when that has no line for one of
 * these addresses of the container's own, or when the file is not as brig writes it. Pure.
 */
export function replaceNames(current: Buffer, names: Buffer, addresses: readonly string[]): FileEnd | undefined {
  const begin = current.indexOf(beginLine);
  if (begin === -1 || begin > keptBytes) return undefined;
  for (const address of addresses) {
    const at = current.indexOf(`\n${address}\t`);
    if (at === -1 || at >= begin) return undefined;
  }
  const end = current.indexOf(endLine, begin);
  if (end === -1) return undefined;
  const own = end + endLine.length;
  const kept = own === current.length ? [] : [current.subarray(own, own + keptBytes)];
  return changedFrom(current, { offset: begin + beginLine.length, pieces: [names, endLine, ...kept] });
}

/** What of it is new, from the first block on that the file does not have: newcomers have the last lines, as a rule. */
function changedFrom(current: Buffer, { offset, pieces }: FileEnd): FileEnd {
  let from = offset;
  for (const [index, piece] of pieces.entries()) {
    const same = sameBlocks(current, from, piece);
    from += same;
    if (same < piece.length) return { offset: from, pieces: [piece.subarray(same), ...pieces.slice(index + 1)] };
  }
  return { offset: from, pieces: from === current.length ? [] : [Buffer.alloc(0)] };
}

const blockBytes = 1024;

/** How many bytes at the beginning of a piece are in the file already, in whole blocks or all. */
function sameBlocks(current: Buffer, from: number, piece: Uint8Array): number {
  for (let at = 0; at < piece.length; at += blockBytes) {
    const end = Math.min(at + blockBytes, piece.length);
    const isThere = from + end <= current.length && current.compare(piece, at, end, from + at, from + end) === 0;
    if (!isThere) return at;
  }
  return piece.length;
}

/** One word without anything that means something in the file. */
export function isHostName(text: string): boolean {
  return text.length <= 253 && /^[a-zA-Z0-9_][a-zA-Z0-9_.-]*$/.test(text);
}
