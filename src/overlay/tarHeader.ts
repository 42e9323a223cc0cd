import type { ByteString } from "./byteString.ts";
import { parseHeaderNumber } from "./tarNumbers.ts";

export const blockSize = 512;

/** What one header block says. A number is undefined when its field is malformed. */
export interface TarHeader {
  readonly flag: ByteString;
  readonly name: ByteString;
  readonly linkName: ByteString;
  readonly mode: number | undefined;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  readonly size: number | undefined;
  readonly mtime: number | undefined;
  readonly major: number | undefined;
  readonly minor: number | undefined;
}

/** Whether all of the block is zero: the mark of an archive's end. */
export function isZeroBlock(block: Buffer): boolean {
  for (let at = 0; at < blockSize; at += 1) if (block[at] !== 0) return false;
  return true;
}

/**
 * Reads a header block (POSIX pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format"). Undefined when
 * the checksum does not fit, signed sums included, which some old writers made.
 */
export function parseTarHeader(block: Buffer): TarHeader | undefined {
  if (!checksumFits(block)) return undefined;
  const prefix = textField(block, 345, prefixEnd(block));
  const name = textField(block, 0, 100);
  const numbered = block.toString("latin1", 257, 262) === "ustar";
  return {
    flag: block.toString("latin1", 156, 157),
    name: prefix === "" ? name : `${prefix}/${name}`,
    linkName: textField(block, 157, 257),
    mode: parseHeaderNumber(block, 100, 108),
    uid: parseHeaderNumber(block, 108, 116),
    gid: parseHeaderNumber(block, 116, 124),
    size: parseHeaderNumber(block, 124, 136),
    mtime: parseHeaderNumber(block, 136, 148),
    major: numbered ? parseHeaderNumber(block, 329, 337) : 0,
    minor: numbered ? parseHeaderNumber(block, 337, 345) : 0,
  };
}

/** Where the name's prefix ends: only POSIX archives have one, star's is shorter, GNU and V7 use the place otherwise. */
function prefixEnd(block: Buffer): number {
  if (block.toString("latin1", 257, 263) !== "ustar\0") return 345;
  return block.toString("latin1", 508, 512) === "tar\0" ? 476 : 500;
}

function textField(block: Buffer, start: number, end: number): ByteString {
  const nul = block.indexOf(0, start);
  return block.toString("latin1", start, nul < 0 || nul > end ? end : nul);
}

function checksumFits(block: Buffer): boolean {
  const stored = parseHeaderNumber(block, 148, 156);
  let unsigned = 8 * 0x20;
  let high = 0;
  for (let at = 0; at < blockSize; at += 1) {
    if (at >= 148 && at < 156) continue;
    const byte = block[at] ?? 0;
    unsigned += byte;
    high += byte >> 7;
  }
  return stored === unsigned || stored === unsigned - 256 * high;
}
