import type { RotatedFile } from "../follow/rotatedFiles.ts";
import type { Instant } from "../options/timeFlag.ts";
import { instantToMs } from "../options/timeFlag.ts";
import { type LogRecord, newLogRecord, readLogRecord } from "./logRecord.ts";
import { compareTime } from "./logText.ts";

/** Where to begin: the index of a file (the oldest is 0) and a place in it. */
export interface LogStart {
  readonly file: number;
  readonly position: number;
}

const blockBytes = 256 * 1024;
/** No record of ours is longer. */
const mostRecordBytes = 1024 * 1024;
/** Below this a file is read through, which needs no guess about the order of its records. */
const searchedBytes = 4 * blockBytes;

/** Finds where the last `count` lines begin, by reading backwards from the end. */
export async function findTail(files: readonly RotatedFile[], count: number): Promise<LogStart> {
  const lines = new LineCount(count);
  for (let file = files.length - 1; file >= 0; file -= 1) {
    const found = await searchBackwards(files[file], lines);
    if (found !== undefined) return { file, position: found };
  }
  return { file: 0, position: 0 };
}

/**
 * Finds a place that is not behind the first record since `since`: files that were last written before are passed over,
 * and a long file is halved until little is left. A clock that was set back while the container ran can hide records
 * from the halving, as it hides them from every reader that stops at the first match.
 */
export async function findSince(files: readonly RotatedFile[], since: Instant): Promise<LogStart> {
  const ms = instantToMs(since);
  const file = files.findIndex(({ modifiedMs }) => modifiedMs >= ms);
  if (file === -1) {
    const last = Math.max(0, files.length - 1);
    return { file: last, position: files[last]?.sizeBytes ?? 0 };
  }
  return { file, position: await halve(files[file], since) };
}

/** Counts lines from the last one backwards: whatever is joined again when it is shown counts once. */
class LineCount {
  readonly #most: number;
  #count = 0;
  readonly #open = { stdout: false, stderr: false };

  constructor(most: number) {
    this.#most = most;
  }

  /** Returns false for a record that belongs to one line too many. */
  take({ stream }: LogRecord, endsLine: boolean): boolean {
    if (endsLine || !this.#open[stream]) {
      if (this.#count === this.#most) return false;
      this.#count += 1;
    }
    this.#open[stream] = true;
    return true;
  }
}

/** Returns where the wanted lines begin, or undefined when all of the file belongs to them. */
async function searchBackwards(file: RotatedFile | undefined, lines: LineCount): Promise<number | undefined> {
  if (file === undefined) return undefined;
  let end = file.sizeBytes;
  let length = blockBytes;
  while (end > 0) {
    const start = Math.max(0, end - length);
    const block = await readBlock(file, start, end);
    // a newline at the very end belongs to a record that began before the block
    const first = start === 0 ? 0 : block.subarray(0, -1).indexOf(0x0a) + 1;
    if (first === 0 && start > 0 && length < mostRecordBytes) {
      length *= 2; // one record is longer than the block
      continue;
    }
    const found = firstWanted(block.subarray(first), lines);
    if (found !== undefined) return start + first + found;
    end = first === 0 ? start : start + first;
    length = blockBytes;
  }
  return undefined;
}

/** The place in whole records from which on they are wanted; undefined: all of them. */
function firstWanted(block: Buffer, lines: LineCount): number | undefined {
  const records: { readonly record: LogRecord; readonly endsLine: boolean; readonly end: number }[] = [];
  const output = new Uint8Array(block.length);
  const record = newLogRecord();
  for (let at = 0; ; ) {
    const next = readLogRecord(record, at, { input: block, output, outputStart: 0 });
    if (next === 0) break;
    at = next;
    if (record.textEnd < 0) continue;
    const endsLine = record.textEnd > 0 && output[record.textEnd - 1] === 0x0a;
    records.push({ record: { ...record }, endsLine, end: at });
  }
  const last = records.findLast((each) => !lines.take(each.record, each.endsLine));
  return last?.end;
}

async function halve(file: RotatedFile | undefined, since: Instant): Promise<number> {
  let [low, high] = [0, file?.sizeBytes ?? 0];
  while (file !== undefined && high - low > searchedBytes) {
    const middle = Math.floor((low + high) / 2);
    const block = await readBlock(file, middle, Math.min(high, middle + blockBytes));
    const found = firstRecord(block);
    if (found === undefined) return low; // a record that is longer than a block
    if (compareTime(found.record, block, since) < 0) low = middle + found.start;
    else high = middle;
  }
  return low;
}

/** The first record that begins in the block and is whole. */
function firstRecord(block: Buffer): { readonly record: LogRecord; readonly start: number } | undefined {
  const record = newLogRecord();
  const output = new Uint8Array(block.length);
  for (let at = block.indexOf(0x0a) + 1; at > 0; ) {
    const next = readLogRecord(record, at, { input: block, output, outputStart: 0 });
    if (next === 0) return undefined;
    if (record.textEnd >= 0) return { record, start: at };
    at = next;
  }
  return undefined;
}

async function readBlock({ handle }: RotatedFile, start: number, end: number): Promise<Buffer> {
  const block = Buffer.allocUnsafe(end - start);
  const { bytesRead } = await handle.read(block, 0, block.length, start);
  return block.subarray(0, bytesRead);
}
