import type { ByteString } from "./byteString.ts";
import { entryLimits } from "./layerLimits.ts";
import type { LayerRecord, RecordMetadata } from "./layerRecord.ts";

/** What the layers below have under the same name. */
export interface BelowEntry {
  /** `st_mode` of stat(2), with the type. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** The next thing in a tree: an entry, or the next bytes of the file that the last entry was. */
export type TreePiece =
  | { readonly kind: "entry"; readonly record: LayerRecord; readonly below?: BelowEntry }
  | { readonly kind: "content"; readonly bytes: Buffer };

/** Whether files are followed by their bytes. */
export type TreeContents = "contents" | "names";

/** A record with all attributes that a file may have. */
const recordBytes = 4 * entryLimits.xattrTotalBytes;

/**
 * Reads the records that native/archive.c wrote, as they arrive. Owner and names come from a stranger's files; their
 * form is the helper's, so what does not parse is a bug and throws a plain Error, and so does an end before `done`.
 */
export async function* readTreeRecords(
  output: AsyncIterable<Uint8Array>,
  contents: TreeContents,
): AsyncGenerator<TreePiece> {
  let pending: Buffer = Buffer.alloc(0);
  let left = 0;
  for await (const chunk of output) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
    let at = 0;
    for (;;) {
      if (left > 0) {
        const part = pending.subarray(at, at + left);
        if (part.length === 0) break;
        at += part.length;
        left -= part.length;
        yield { kind: "content", bytes: part };
        continue;
      }
      const end = pending.indexOf("\0\0", at);
      if (end < 0) break;
      const strings = pending.toString("latin1", at, end).split("\0");
      at = end + 2;
      if (strings[0] === "done") return;
      const piece = parseEntry(strings);
      if (contents === "contents" && piece.record.op === "file") left = piece.record.size;
      yield piece;
    }
    pending = pending.subarray(at);
    if (left === 0 && pending.length > recordBytes) throw new Error("the helper wrote a record without end");
  }
  throw new TreeCut();
}

/** The helper ended before the tree did; how it ended says why. */
export class TreeCut extends Error {
  constructor() {
    super("the records of a tree end early");
  }
}

const known = ["dir", "file", "symlink", "hardlink", "fifo", "char", "block", "whiteout", "opaque"] as const;

function parseEntry([op = "", ...strings]: readonly string[]): TreePiece & { readonly kind: "entry" } {
  const fields = new Map(strings.map(splitField));
  const name = known.find((one) => one === op);
  const path = fields.get("path");
  if (name === undefined || path === undefined) throw new Error(`the helper wrote an unknown record "${op}"`);
  const below = parseBelow(fields.get("below"));
  return { kind: "entry", record: recordOf(name, path, fields, strings), ...(below === undefined ? {} : { below }) };
}

type Fields = ReadonlyMap<string, ByteString>;

function recordOf(
  op: (typeof known)[number],
  path: ByteString,
  fields: Fields,
  strings: readonly string[],
): LayerRecord {
  if (op === "whiteout" || op === "opaque") return { op, path };
  const metadata = parseMetadata(fields, strings);
  switch (op) {
    case "dir":
    case "fifo":
      return { op, path, metadata };
    case "file":
      return { op, path, metadata, size: numberOf(fields, "size") };
    case "symlink":
    case "hardlink":
      return { op, path, metadata, target: fields.get("target") ?? "" };
    case "char":
    case "block":
      return { op, path, metadata, major: numberOf(fields, "major"), minor: numberOf(fields, "minor") };
  }
}

function parseMetadata(fields: Fields, strings: readonly string[]): RecordMetadata {
  return {
    mode: Number.parseInt(fields.get("mode") ?? "", 8),
    uid: numberOf(fields, "uid"),
    gid: numberOf(fields, "gid"),
    modified: { seconds: numberOf(fields, "mtime"), nanoseconds: numberOf(fields, "nsec") },
    xattrs: strings.filter((text) => text.startsWith("xattr=")).map(parseXattr),
  };
}

function parseXattr(text: ByteString) {
  const hex = text.lastIndexOf("=");
  return { name: text.slice("xattr=".length, hex), value: Buffer.from(text.slice(hex + 1), "hex") };
}

function parseBelow(text: ByteString | undefined): BelowEntry | undefined {
  if (text === undefined) return undefined;
  const [mode = "", uid, gid, seconds, nanoseconds] = text.split(" ");
  return {
    mode: Number.parseInt(mode, 8),
    uid: Number(uid),
    gid: Number(gid),
    seconds: Number(seconds),
    nanoseconds: Number(nanoseconds),
  };
}

function numberOf(fields: Fields, key: string): number {
  const value = Number(fields.get(key));
  if (!Number.isSafeInteger(value)) throw new Error(`the helper wrote a record without "${key}"`);
  return value;
}

function splitField(field: ByteString): [string, ByteString] {
  const equals = field.indexOf("=");
  return [field.slice(0, equals), field.slice(equals + 1)];
}
