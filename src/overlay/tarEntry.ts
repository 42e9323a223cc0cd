import type { ByteString } from "./byteString.ts";

export type TarEntryType = "file" | "hardlink" | "symlink" | "char" | "block" | "dir" | "fifo";

/** A time stamp as timespec(3type) has it: `nanoseconds` counts forward also before 1970. */
export interface Timestamp {
  readonly seconds: number;
  readonly nanoseconds: number;
}

export interface Xattr {
  readonly name: ByteString;
  readonly value: Buffer;
}

/** One member of an archive, exactly as it says; nothing about it is trustworthy yet. */
export interface TarEntry {
  readonly type: TarEntryType;
  readonly path: ByteString;
  /** Where a link leads; empty for other types. */
  readonly linkPath: ByteString;
  /** Permission and set-ID bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of content that follow; 0 for everything but files. */
  readonly size: number;
  readonly modified: Timestamp;
  readonly major: number;
  readonly minor: number;
  readonly xattrs: readonly Xattr[];
}
