import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import { errnoOf, fileSystemError } from "../../base/index.ts";

const maxBytes = 1024 * 1024;

/**
 * Replaces the content of a file that is mounted into a running container, which sees this very file and no other with
 * its name. Nothing is done where the file is gone, is a link, or has the content already. The container may write the file
 * too: of what it wrote, `next` gets at most a mebibyte.
 *
 * The new content is written by one write(2), over the old one and at least as long, with empty lines at its end, and only
 * then is the file cut: whoever reads meanwhile sees old lines or new ones, and never the rest of a line.
 */
export function rewriteInPlace(path: string, next: (current: string) => string): void {
  const fd = openRegular(path);
  if (fd === undefined) return;
  try {
    const { size } = fstatSync(fd);
    const current = Buffer.alloc(Math.min(size, maxBytes));
    const read = readSync(fd, current, 0, current.length, 0);
    const wanted = Buffer.from(next(current.toString("utf8", 0, read)));
    if (size === wanted.length && wanted.equals(current.subarray(0, read))) return;
    const cover = Math.max(0, Math.min(size, maxBytes) - wanted.length);
    const written = cover === 0 ? wanted : Buffer.concat([wanted, Buffer.alloc(cover, "\n")]);
    writeSync(fd, written, 0, written.length, 0);
    if (size > wanted.length) ftruncateSync(fd, wanted.length);
  } catch (error) {
    throw fileSystemError(error, "rewrite", path);
  } finally {
    closeSync(fd);
  }
}

function openRegular(path: string): number | undefined {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ELOOP") return undefined;
    throw fileSystemError(error, "open", path);
  }
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  return undefined;
}
