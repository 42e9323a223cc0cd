import type { ByteString } from "./byteString.ts";

/**
 * The records of a PAX extended header, "LENGTH KEY=VALUE\n" each (POSIX pax, "pax Extended Header"). Values are
 * bytes; the last record of a key wins. Undefined when the header is malformed. Linear.
 */
export function parsePaxRecords(bytes: Buffer): ReadonlyMap<ByteString, Buffer> | undefined {
  const records = new Map<ByteString, Buffer>();
  for (let start = 0; start < bytes.length; ) {
    const space = lengthEnd(bytes, start);
    const length = space === undefined ? 0 : Number(bytes.toString("latin1", start, space));
    const end = start + length;
    if (space === undefined || end > bytes.length || end <= space + 1 || bytes[end - 1] !== 0x0a) return undefined;
    const equals = bytes.subarray(space + 1, end - 1).indexOf(0x3d);
    if (equals < 1) return undefined;
    records.set(bytes.toString("latin1", space + 1, space + 1 + equals), bytes.subarray(space + 2 + equals, end - 1));
    start = end;
  }
  return records;
}

/** Where the decimal length ends, or undefined when it is not one to seven digits and a space. */
function lengthEnd(bytes: Buffer, start: number): number | undefined {
  for (let at = start; at < start + 8; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === 0x20) return at > start ? at : undefined;
    if (byte < 48 || byte > 57) return undefined;
  }
  return undefined;
}
