import type { ByteString } from "./byteString.ts";
import type { LayerRecord, RecordMetadata } from "./layerRecord.ts";
import { blockSize } from "./tarHeader.ts";
import type { TreePiece } from "./treeRecords.ts";

type Node = Extract<LayerRecord, { readonly metadata: RecordMetadata }>;

const flags: Readonly<Record<Node["op"], string>> = {
  file: "0",
  hardlink: "1",
  symlink: "2",
  char: "3",
  block: "4",
  dir: "5",
  fifo: "6",
};

const nobody: RecordMetadata = { mode: 0, uid: 0, gid: 0, modified: { seconds: 0, nanoseconds: 0 }, xattrs: [] };

/** The end of an archive: two blocks of zeros. */
const endMark = Buffer.alloc(2 * blockSize);

/**
 * Writes the entries of a tree as a tar archive, byte by byte the same for the same tree: ustar headers, and PAX records
 * for what they cannot hold (long or non-ASCII names, large numbers, parts of seconds, attributes). Marks of deletion
 * become the files that image-spec layer.md, "Whiteouts", gives them. Names and attributes are bytes and stay exact.
 */
export async function* writeTar(pieces: AsyncIterable<TreePiece>): AsyncGenerator<Buffer> {
  let padding = 0;
  for await (const piece of pieces) {
    if (piece.kind === "content") {
      yield piece.bytes;
      continue;
    }
    if (padding > 0) yield endMark.subarray(0, padding);
    const { record } = piece;
    padding = record.op === "file" ? (blockSize - (record.size % blockSize)) % blockSize : 0;
    yield tarHeader(nodeOf(record));
  }
  if (padding > 0) yield endMark.subarray(0, padding);
  yield endMark;
}

/** A plain file as a member of an archive: what comes before and after its content. */
export function fileInTar(path: ByteString, size: number): { readonly before: Buffer; readonly after: Buffer } {
  const before = tarHeader({ op: "file", path, metadata: { ...nobody, mode: 0o644 }, size });
  return { before, after: endMark.subarray(0, (blockSize - (size % blockSize)) % blockSize) };
}

/** What ends an archive. */
export function endOfTar(): Buffer {
  return endMark;
}

function nodeOf(record: LayerRecord): Node {
  if ("metadata" in record) return record;
  const slash = record.path.lastIndexOf("/") + 1;
  const directory = record.path === "." ? "" : `${record.path}/`;
  const path =
    record.op === "opaque"
      ? `${directory}.wh..wh..opq`
      : `${record.path.slice(0, slash)}.wh.${record.path.slice(slash)}`;
  return { op: "file", path, metadata: nobody, size: 0 };
}

/** The header of an entry, after its PAX header where one is needed. */
export function tarHeader(node: Node): Buffer {
  const { metadata } = node;
  const name = node.op === "dir" ? `${node.path}/` : node.path;
  const link = "target" in node ? node.target : "";
  const size = "size" in node ? node.size : 0;
  const pax = [
    ...(isPlain(name, 100) ? [] : [paxRecord("path", name)]),
    ...(isPlain(link, 100) ? [] : [paxRecord("linkpath", link)]),
    ...(size > 0o77777777777 ? [paxRecord("size", String(size))] : []),
    ...(metadata.uid > 0o7777777 ? [paxRecord("uid", String(metadata.uid))] : []),
    ...(metadata.gid > 0o7777777 ? [paxRecord("gid", String(metadata.gid))] : []),
    ...paxTime(metadata),
    ...metadata.xattrs.map(({ name: key, value }) => paxRecord(`SCHILY.xattr.${key}`, value.toString("latin1"))),
  ].join("");
  const block = headerBlock(node, { name, link, size });
  if (pax === "") return block;
  const records = Buffer.from(pax, "latin1");
  const extension: Node = {
    op: "file",
    path: "PaxHeaders/entry",
    metadata: { ...nobody, mode: 0o644 },
    size: records.length,
  };
  const head = headerBlock(extension, { name: extension.path, link: "", size: records.length, flag: "x" });
  return Buffer.concat([
    head,
    records,
    endMark.subarray(0, (blockSize - (records.length % blockSize)) % blockSize),
    block,
  ]);
}

/** ASCII that fits: everything else goes into a PAX record, where readers agree on what it means. */
function isPlain(text: ByteString, room: number): boolean {
  if (text.length > room) return false;
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 0x7e) return false;
  return true;
}

function paxTime({ modified: { seconds, nanoseconds } }: RecordMetadata): readonly ByteString[] {
  const fits = seconds >= 0 && seconds <= 0o77777777777;
  if (nanoseconds === 0 && fits) return [];
  // PAX counts away from zero: -1.25 is what timespec(3type) has as -2 and 750,000,000
  const before = seconds < 0 && nanoseconds > 0;
  const whole = before ? seconds + 1 : seconds;
  const rest = before ? 1e9 - nanoseconds : nanoseconds;
  const fraction = rest === 0 ? "" : `.${String(rest).padStart(9, "0")}`;
  return [paxRecord("mtime", `${before && whole === 0 ? "-0" : whole}${fraction}`)];
}

/** "LENGTH KEY=VALUE\n", where the length counts its own digits. */
function paxRecord(key: string, value: ByteString): ByteString {
  const rest = key.length + value.length + 3;
  let length = rest + String(rest).length;
  if (rest + String(length).length !== length) length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

interface HeaderFields {
  readonly name: ByteString;
  readonly link: ByteString;
  readonly size: number;
  readonly flag?: string;
}

function headerBlock(node: Node, { name, link, size, flag }: HeaderFields): Buffer {
  const { mode, uid, gid, modified } = node.metadata;
  const block = Buffer.alloc(blockSize);
  block.write(name.slice(0, 100), 0, "latin1");
  octal(block, mode, [100, 8]);
  octal(block, uid, [108, 8]);
  octal(block, gid, [116, 8]);
  octal(block, size, [124, 12]);
  octal(block, modified.seconds, [136, 12]);
  block.write(flag ?? flags[node.op], 156, "latin1");
  block.write(link.slice(0, 100), 157, "latin1");
  block.write("ustar\u000000", 257, "latin1");
  if ("major" in node) {
    octal(block, node.major, [329, 8]);
    octal(block, node.minor, [337, 8]);
  }
  block.fill(" ", 148, 156);
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

/** A value that does not fit is in the PAX header; the field then holds what every reader can parse. */
function octal(block: Buffer, value: number, [at, room]: readonly [number, number]): void {
  const digits = Math.min(Math.max(value, 0), 8 ** (room - 1) - 1).toString(8);
  block.write(`${digits.padStart(room - 1, "0")}\0`, at, "latin1");
}
