import { closeSync, constants, ftruncateSync, openSync, readSync, writevSync } from "node:fs";
import { errnoOf, fileSystemError } from "../../base/index.ts";

/** What follows in a file from an offset on; what is before it stays. Without a piece all of it stays. */
export interface FileEnd {
  readonly offset: number;
  readonly pieces: readonly Uint8Array[];
}

/** Memory to read a file into; what is in it counts only while the file is rewritten. For many files the same will do. */
export function rewritingRoom(): Buffer {
  return Buffer.allocUnsafeSlow(1024 * 1024);
}

/**
 * Replaces the content of a file that is mounted into a running container, which sees this very file and no other with
 * its name. Nothing is done where the file is gone, or is a link or a pipe. The container may write the file too: of what
 * it wrote, `next` gets as much as there is room for.
 *
 * The new content is written by one pwritev(2), over the old one and at least as long, with empty lines at its end, and only
 * then is the file cut: whoever reads meanwhile sees old lines or new ones, and never the rest of a line.
 */
export function rewriteInPlace(path: string, next: (current: Buffer) => FileEnd, room = rewritingRoom()): void {
  const fd = openExisting(path);
  if (fd === undefined) return;
  try {
    const current = room.subarray(0, readSync(fd, room, 0, room.length, 0));
    const end = next(current);
    if (end.pieces.length > 0) writeEnd(fd, end, { length: current.length, isWhole: current.length < room.length });
  } catch (error) {
    if (errnoOf(error) !== "ESPIPE") throw fileSystemError(error, "rewrite", path);
  } finally {
    closeSync(fd);
  }
}

interface OldContent {
  /** What was read of it. */
  readonly length: number;
  /** Whether that was all. */
  readonly isWhole: boolean;
}

function writeEnd(fd: number, { offset, pieces }: FileEnd, old: OldContent): void {
  const length = pieces.reduce((sum, piece) => sum + piece.length, offset);
  const cover = old.length - length;
  writevSync(fd, cover > 0 ? [...pieces, Buffer.alloc(cover, "\n")] : pieces, offset);
  if (cover > 0 || !old.isWhole) ftruncateSync(fd, length);
}

/** No container can put another file there, and whoever else can is root: fstat(2) would cost as much as all the rest. */
function openExisting(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ELOOP") return undefined;
    throw fileSystemError(error, "open", path);
  }
}
