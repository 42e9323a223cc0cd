import { closeSync, fstatSync, openSync, readSync, type Stats } from "node:fs";
import { EngineError, fileSystemError } from "./errors.ts";

export interface BoundedRead {
  readonly path: string;
  readonly maxBytes: number;
  /** What the file is, after "read": `the configuration`. */
  readonly what: string;
  /** Looks at the open file before any of it is read; throws to refuse it. */
  readonly inspect?: (stat: Stats) => void;
}

/**
 * All of a file that may be anything: one byte more than is allowed is read, and no more.
 *
 * @throws EngineError `limitExceeded`, `fileSystem`.
 */
export function readBoundedFile({ path, maxBytes, what, inspect }: BoundedRead): Buffer {
  try {
    const fd = openSync(path, "r");
    try {
      inspect?.(fstatSync(fd));
      const bytes = readUpTo(fd, maxBytes + 1);
      if (bytes.length <= maxBytes) return bytes;
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw fileSystemError(error, `read ${what}`, path);
  }
  throw new EngineError("limitExceeded", `cannot read ${what} "${path}": it is larger than ${maxBytes} bytes`);
}

function readUpTo(fd: number, most: number): Buffer {
  const bytes = Buffer.alloc(most);
  let length = 0;
  for (let more = -1; more !== 0 && length < most; length += more) {
    more = readSync(fd, bytes, length, most - length, null);
  }
  return bytes.subarray(0, length);
}
