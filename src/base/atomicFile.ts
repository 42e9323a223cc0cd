import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { errnoOf, fileSystemError } from "./errors.ts";
import { randomHex } from "./random.ts";

export interface WriteOptions {
  /** Permission bits of the new file; 0o600 when left out. */
  readonly mode?: number;
  /** Wait until the data is on the disk before the name changes, so that a power cut leaves the old or the new file. */
  readonly durable?: boolean;
}

/**
 * Replaces `path` atomically: readers see the whole old file or the whole new one (rename(2)). The directory must
 * exist. On failure nothing is left behind and an EngineError is thrown.
 */
export function writeFileAtomic(path: string, content: string | Uint8Array, options: WriteOptions = {}): void {
  const temporary = `${path}.${randomHex(6)}.tmp`;
  try {
    const fd = openSync(temporary, "wx", options.mode ?? 0o600);
    try {
      writeAll(fd, typeof content === "string" ? Buffer.from(content) : content);
      if (options.durable) fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, path);
    if (options.durable) syncDirectory(dirname(path));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw fileSystemError(error, "write", path);
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let offset = 0; offset < bytes.length; ) offset += writeSync(fd, bytes, offset);
}

/** Makes the entries of a directory durable (fsync(2), "does not necessarily ensure that the entry ... has reached disk"). */
export function syncDirectory(path: string): void {
  const fd = openSync(path, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** The file's text, or undefined when it does not exist. Other failures throw an EngineError. */
export function readFileIfExists(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw fileSystemError(error, "read", path);
  }
}

/** Makes a directory and its missing parents, private to root unless `mode` says otherwise. Idempotent. */
export function makeDirectory(path: string, mode = 0o700): void {
  try {
    mkdirSync(path, { recursive: true, mode });
  } catch (error) {
    throw fileSystemError(error, "make the directory", path);
  }
}
