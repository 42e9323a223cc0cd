import { constants } from "node:fs";
import { type FileHandle, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf, fileSystemError } from "../../base/index.ts";

/** `NAME` is written to; `NAME.1` is the newest of the older files, `NAME.2` the one before it. */
export interface RotatedFile {
  readonly handle: FileHandle;
  /** What the file is, whatever its name becomes. */
  readonly inode: bigint;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

export interface RotatedName {
  readonly directory: string;
  readonly name: string;
}

/**
 * Opens all files of a rotated log, the oldest first. A rotation meanwhile moves files to higher numbers, so they are
 * opened from the newest on: one may be met twice, none is missed. The caller closes the handles.
 */
export async function openRotated(place: RotatedName): Promise<readonly RotatedFile[]> {
  const files: RotatedFile[] = [];
  const most = await highestNumber(place);
  for (let number = 0; number <= most + 2; number += 1) {
    const file = await openOne(place, number);
    if (file === undefined) continue;
    if (files.some(({ inode }) => inode === file.inode)) await file.handle.close();
    else files.unshift(file);
  }
  return files;
}

/**
 * Opens the files that followed `inode`, the oldest first; none when it is still the newest. When it is gone altogether,
 * all that are left followed it. The caller closes the handles.
 */
export async function openNewer(place: RotatedName, inode: bigint): Promise<readonly RotatedFile[]> {
  const newest = await openOne(place, 0);
  await newest?.handle.close();
  if (newest === undefined || newest.inode === inode) return [];
  const files = await openRotated(place);
  const at = files.findIndex((file) => file.inode === inode);
  await closeAll(files.slice(0, at + 1));
  return files.slice(at + 1);
}

export async function closeAll(files: Iterable<RotatedFile>): Promise<void> {
  for (const { handle } of files) await handle.close();
}

async function openOne({ directory, name }: RotatedName, number: number): Promise<RotatedFile | undefined> {
  const path = join(directory, number === 0 ? name : `${name}.${number}`);
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    const { ino, size, mtimeMs } = await handle.stat({ bigint: true });
    return { handle, inode: ino, sizeBytes: Number(size), modifiedMs: Number(mtimeMs) };
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw fileSystemError(error, "read", path);
  }
}

async function highestNumber({ directory, name }: RotatedName): Promise<number> {
  const numbers = (await listed(directory)).flatMap((entry) => {
    const ending = entry.startsWith(`${name}.`) ? entry.slice(name.length + 1) : "";
    return /^\d{1,4}$/.test(ending) ? [Number(ending)] : [];
  });
  return Math.max(0, ...numbers);
}

async function listed(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw fileSystemError(error, "read the directory", directory);
  }
}
