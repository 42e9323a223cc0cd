import { createHash, type Hash } from "node:crypto";
import { EngineError } from "../base/index.ts";
import { type ByteString, quoteName } from "./byteString.ts";
import type { LayerRecord, RecordMetadata } from "./layerRecord.ts";
import type { TreePiece } from "./treeRecords.ts";

/** Each takes some hundreds of bytes of memory; the largest layers in use have fewer. */
const comparableEntries = 500_000;

/** What the words of a print are about, in their order. */
const aspects = ["type", "mode", "owner", "time", "size", "target", "device", "attributes", "contents"] as const;

/** What a tree holds, in so little memory that two can be compared, whatever the order of their directories. */
export interface TreePrint {
  /** Of each path, the words of `aspects`. */
  readonly entries: ReadonlyMap<ByteString, string>;
  /** Of each path of a file with several, one of them. */
  readonly links: ReadonlyMap<ByteString, ByteString>;
}

/**
 * Reads a tree to its end. The time of a directory is left out: an archive need not say it.
 *
 * @throws EngineError `limitExceeded` for more than half a million entries, and what the pieces throw.
 */
export async function printTree(pieces: AsyncIterable<TreePiece>): Promise<TreePrint> {
  const entries = new Map<ByteString, string>();
  const links = new Map<ByteString, ByteString>();
  for await (const { record, print } of printed(pieces)) {
    if (entries.size === comparableEntries) {
      throw new EngineError("limitExceeded", `cannot compare a tree of more than ${comparableEntries} entries`);
    }
    if (record.op === "hardlink") {
      entries.set(record.path, entries.get(record.target) ?? print);
      links.set(record.target, record.target).set(record.path, record.target);
    } else {
      entries.set(keyOf(record), print);
    }
  }
  return { entries, links };
}

/**
 * The first thing in which a tree differs from a print, as a sentence of lower case; undefined when they are alike.
 * Whatever the tree holds, no more memory is used than the print takes.
 */
export async function findDifference(
  { entries, links }: TreePrint,
  pieces: AsyncIterable<TreePiece>,
): Promise<string | undefined> {
  const missing = new Map(entries);
  const files = new Set<ByteString>();
  for await (const { record, print } of printed(pieces)) {
    const name = quoteName(record.path);
    const wanted = missing.get(keyOf(record));
    if (wanted === undefined) return record.op === "opaque" ? `${name} is opaque` : `${name} was added`;
    missing.delete(keyOf(record));
    const group = links.get(record.path);
    if (record.op === "hardlink") {
      if (group === undefined || group !== links.get(record.target))
        return `${name} is a hard link to ${quoteName(record.target)}`;
      continue; // the same file as its target, which was compared
    }
    if (wanted !== print) return `the ${changedAspect(wanted, print)} of ${name} changed`;
    if (group === undefined) continue;
    if (files.has(group)) return `${name} is no hard link to ${quoteName(group)} any more`;
    files.add(group);
  }
  const [first] = missing.keys();
  if (first === undefined) return undefined;
  const [path = "", mark] = first.split("\0");
  return `${quoteName(path)} is ${mark === undefined ? "missing" : "not opaque any more"}`;
}

interface Printed {
  readonly record: LayerRecord;
  readonly print: string;
}

async function* printed(pieces: AsyncIterable<TreePiece>): AsyncGenerator<Printed> {
  let last: { readonly record: LayerRecord; readonly contents?: Hash } | undefined;
  const finish = ({ record, contents }: NonNullable<typeof last>): Printed => ({
    record,
    print: printOf(record, contents?.digest("base64") ?? ""),
  });
  for await (const piece of pieces) {
    if (piece.kind === "content") {
      last?.contents?.update(piece.bytes);
      continue;
    }
    if (last !== undefined) yield finish(last);
    const { record } = piece;
    last = record.op === "file" ? { record, contents: createHash("sha256") } : { record };
  }
  if (last !== undefined) yield finish(last);
}

/** That a directory is opaque comes as a record of its own. No path holds a NUL. */
function keyOf({ op, path }: LayerRecord): ByteString {
  return op === "opaque" ? `${path}\0opaque` : path;
}

function printOf(record: LayerRecord, contents: string): string {
  if (!("metadata" in record)) return record.op;
  const { mode, uid, gid, modified, xattrs } = record.metadata;
  const words: Record<(typeof aspects)[number], string> = {
    type: record.op,
    mode: mode.toString(8),
    owner: `${uid}:${gid}`,
    time: record.op === "dir" ? "" : `${modified.seconds}.${modified.nanoseconds}`,
    size: "size" in record ? String(record.size) : "",
    target: "target" in record ? hashOf(record.target) : "",
    device: "major" in record ? `${record.major}:${record.minor}` : "",
    attributes: printXattrs(xattrs),
    contents,
  };
  return aspects.map((aspect) => words[aspect]).join(" ");
}

/** File systems list attributes in any order. */
function printXattrs(xattrs: RecordMetadata["xattrs"]): string {
  if (xattrs.length === 0) return "";
  return hashOf(
    xattrs
      .map(({ name, value }) => `${name}=${value.toString("hex")}`)
      .sort()
      .join("\0"),
  );
}

function hashOf(text: ByteString): string {
  return createHash("sha256").update(text, "latin1").digest("base64");
}

function changedAspect(wanted: string, found: string): string {
  const [before, after] = [wanted.split(" "), found.split(" ")];
  return aspects.find((_, index) => before[index] !== after[index]) ?? "type";
}
