import { constants } from "node:fs";
import { type FileHandle, open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf, fileSystemError } from "../../base/index.ts";

/** `NAME` is written to; `NAME.1` is the newest of the older files, `NAME.2` the one before it. */
export interface RotatedFile {
  readonly handle: FileHandle;
  /** What the file is, whatever its name becomes. */
  readonly inode: bigint;
  /** The number that it had when it was opened; a rotation gives it only higher ones. */
  readonly number: number;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

export interface RotatedName {
  readonly directory: string;
  readonly name: string;
}

/**
 * Opens all files of a rotated log, the oldest first, each once and none in between missed, however often it is rotated
 * meanwhile. The caller closes the handles.
 */
export async function openRotated(place: RotatedName): Promise<readonly RotatedFile[]> {
  const files: RotatedFile[] = [];
  for (let next = await openFrom(place, 0); next !== undefined; next = await openOlder(place, next))
    files.unshift(next);
  return files;
}

/**
 * Opens the file that followed another, or none when that is still the newest. When it is gone altogether, all that are left
 * followed it: these, the oldest first. The caller closes the handles.
 */
export async function openNewer(place: RotatedName, { inode, number }: RotatedFile): Promise<readonly RotatedFile[]> {
  for (let from = number; ; ) {
    const at = await numberOf(place, inode, from);
    if (at === undefined) return openRotated(place);
    const found = await openBelow(place, at);
    // A rotation renames the older file first: when that is where it was, what was found below it is its neighbour.
    if (found !== "moved" && (await inodeAt(place, at)) === inode) return found === undefined ? [] : [found];
    if (found !== "moved") await found?.handle.close();
    from = at;
  }
}

export async function closeAll(files: Iterable<RotatedFile>): Promise<void> {
  for (const { handle } of files) await handle.close();
}

/** Opens the file before a file, unless there is none, or the file itself has been removed and all before it with it. */
async function openOlder(place: RotatedName, { inode, number }: RotatedFile): Promise<RotatedFile | undefined> {
  for (let from = number; ; ) {
    const at = await numberOf(place, inode, from);
    if (at === undefined) return undefined;
    const found = await openFrom(place, at + 1);
    if ((await inodeAt(place, at)) === inode) return found;
    await found?.handle.close();
    from = at;
  }
}

/** Opens the first file that has this number or a higher one; a kill between two renames leaves a number without a file. */
async function openFrom(place: RotatedName, first: number): Promise<RotatedFile | undefined> {
  for await (const number of numbersFrom(place, first)) {
    const file = await openOne(place, number);
    if (file !== undefined) return file;
  }
  return undefined;
}

/** Opens the file with the next lower number; "moved" when it was about to get the number in between. */
async function openBelow(place: RotatedName, above: number): Promise<RotatedFile | undefined | "moved"> {
  for (let number = above - 1; number >= 0; number -= 1) {
    const file = await openOne(place, number);
    if (file === undefined) continue;
    for (let between = number + 1; between < above; between += 1) {
      if ((await inodeAt(place, between)) === undefined) continue;
      await file.handle.close();
      return "moved";
    }
    return file;
  }
  return undefined;
}

/** The number that a file has, looked for upwards, which is where a rotation takes it; undefined when it is gone. */
async function numberOf(place: RotatedName, inode: bigint, from: number): Promise<number | undefined> {
  for await (const number of numbersFrom(place, from)) {
    if ((await inodeAt(place, number)) === inode) return number;
  }
  return undefined;
}

/** The numbers that files may have, up to the highest there is when that is passed, and those that it may be about to get. */
async function* numbersFrom(place: RotatedName, first: number): AsyncGenerator<number> {
  for (let number = first, most = first; ; number += 1) {
    if (number > most) most = (await highestNumber(place)) + 2;
    if (number > most) return;
    yield number;
  }
}

function pathOf({ directory, name }: RotatedName, number: number): string {
  return join(directory, number === 0 ? name : `${name}.${number}`);
}

async function inodeAt(place: RotatedName, number: number): Promise<bigint | undefined> {
  const path = pathOf(place, number);
  try {
    return (await stat(path, { bigint: true })).ino;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw fileSystemError(error, "read", path);
  }
}

async function openOne(place: RotatedName, number: number): Promise<RotatedFile | undefined> {
  const path = pathOf(place, number);
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    const { ino, size, mtimeMs } = await handle.stat({ bigint: true });
    return { handle, inode: ino, number, sizeBytes: Number(size), modifiedMs: Number(mtimeMs) };
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
