import { closeSync, openSync, readSync } from "node:fs";

/**
 * Random bytes of the kernel's generator (urandom(4)) as hexadecimal digits: what ids and the names of temporary files
 * are made of. node:crypto has the same bytes, but takes two milliseconds to load, and most commands need nothing else of it.
 */
export function randomHex(bytes: number): string {
  const buffer = Buffer.alloc(bytes);
  const fd = openSync("/dev/urandom", "r");
  try {
    for (let offset = 0; offset < bytes; ) offset += readSync(fd, buffer, offset, bytes - offset, null);
  } finally {
    closeSync(fd);
  }
  return buffer.toString("hex");
}
