import type { ByteString } from "./byteString.ts";
import type { Timestamp, Xattr } from "./tarEntry.ts";

/** Who owns an entry, what may be done with it and when it changed. */
export interface RecordMetadata {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly modified: Timestamp;
  readonly xattrs: readonly Xattr[];
}

/**
 * One thing for the helper to make in a layer directory (native/extract.c). `path` is relative, without "." and "..",
 * or "." for the layer's own root. `opaque` empties a directory of what the layers below have in it, `whiteout`
 * deletes what they have under the name.
 */
export type LayerRecord =
  | { readonly op: "whiteout" | "opaque"; readonly path: ByteString }
  | { readonly op: "dir" | "fifo"; readonly path: ByteString; readonly metadata: RecordMetadata }
  | { readonly op: "file"; readonly path: ByteString; readonly metadata: RecordMetadata; readonly size: number }
  | {
      readonly op: "symlink" | "hardlink";
      readonly path: ByteString;
      readonly metadata: RecordMetadata;
      readonly target: ByteString;
    }
  | {
      readonly op: "char" | "block";
      readonly path: ByteString;
      readonly metadata: RecordMetadata;
      readonly major: number;
      readonly minor: number;
    };

/** The record as native/record.h defines it, one byte a character. A directory's metadata comes with its seal. */
export function encodeLayerRecord(record: LayerRecord): ByteString {
  let text = `${record.op}\0path=${record.path}\0`;
  if ("metadata" in record && record.op !== "dir") text += encodeMetadata(record.metadata);
  if ("size" in record) text += `size=${record.size}\0`;
  if ("target" in record) text += `target=${record.target}\0`;
  if ("major" in record) text += `major=${record.major}\0minor=${record.minor}\0`;
  return `${text}\0`;
}

/** Gives a directory its metadata, when nothing more is made in it. */
export function encodeSeal(path: ByteString, metadata: RecordMetadata): ByteString {
  return `seal\0path=${path}\0${encodeMetadata(metadata)}\0`;
}

/** Ends the stream: the helper makes everything durable and answers. */
export const endOfLayer: ByteString = "done\0\0";

function encodeMetadata({ mode, uid, gid, modified, xattrs }: RecordMetadata): ByteString {
  let text = `mode=${mode}\0uid=${uid}\0gid=${gid}\0mtime=${modified.seconds}\0nsec=${modified.nanoseconds}\0`;
  for (const { name, value } of xattrs) text += `xattr=${name}=${value.toString("hex")}\0`;
  return text;
}
