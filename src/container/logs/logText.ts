import type { Instant } from "../options/timeFlag.ts";
import { type LogRecord, type LogStream, newLogRecord, readLogRecord } from "./logRecord.ts";

/** Some of a container's output. `bytes` are valid until the next piece is asked for. */
export interface LogPiece {
  readonly stream: LogStream;
  readonly bytes: Uint8Array;
}

export interface LogTextRequest {
  readonly since?: Instant;
  readonly until?: Instant;
  /** Put the time in front of each line. */
  readonly timestamps?: boolean;
  /** Put the labels and variables that the log keeps in front of each line. */
  readonly details?: boolean;
  /** Streams that are left out when false. */
  readonly stdout?: boolean;
  readonly stderr?: boolean;
}

/**
 * Turns the bytes of a log into what the container wrote. A line that was cut into several records comes out as one:
 * only its first record gets a time in front. What neighbouring records of one stream say is one piece.
 */
export class LogText {
  readonly #request: LogTextRequest;
  readonly #prefixed: boolean;
  readonly #record: LogRecord = newLogRecord();
  readonly #midLine = { stdout: false, stderr: false };
  #output: Uint8Array = new Uint8Array(0);
  /** A record was met that is younger than `until`. */
  over = false;

  constructor(request: LogTextRequest) {
    this.#request = request;
    this.#prefixed = request.timestamps === true || request.details === true;
  }

  /** Reads the whole records of `input`. The pieces are valid until the next call. */
  read(input: Buffer): { readonly pieces: readonly LogPiece[]; readonly consumed: number } {
    const pieces: LogPiece[] = [];
    const output = this.#makeRoom(input.length);
    const record = this.#record;
    let [at, pieceStart, put] = [0, 0, 0];
    let stream: LogStream = "stdout";
    const flush = (): void => {
      if (put > pieceStart) pieces.push({ stream, bytes: output.subarray(pieceStart, put) });
      pieceStart = put;
    };
    while (!this.over) {
      const next = readLogRecord(record, at, { input, output, outputStart: put });
      if (next === 0) break;
      at = next;
      if (!this.#isWanted(input)) continue;
      if (record.stream !== stream) flush();
      stream = record.stream;
      put = this.#prefixed ? this.#addPrefix(input, put) : record.textEnd;
    }
    flush();
    return { pieces, consumed: at };
  }

  /** Attributes grow when they are escaped; without them a record's text and time are shorter than the record. */
  #makeRoom(inputBytes: number): Uint8Array {
    const wanted = this.#request.details === true ? inputBytes * 4 : inputBytes + 64;
    if (this.#output.length < wanted) this.#output = new Uint8Array(wanted);
    return this.#output;
  }

  #isWanted(input: Buffer): boolean {
    const { since, until, stdout = true, stderr = true } = this.#request;
    const record = this.#record;
    if (record.textEnd < 0) return false;
    if (until !== undefined && compareTime(record, input, until) > 0) {
      this.over = true;
      return false;
    }
    if (since !== undefined && compareTime(record, input, since) < 0) return false;
    return record.stream === "stdout" ? stdout : stderr;
  }

  /** Returns where the record's text ends once the prefix is in front of it. */
  #addPrefix(input: Buffer, start: number): number {
    const { stream, textEnd } = this.#record;
    const output = this.#output;
    const isContinued = this.#midLine[stream];
    this.#midLine[stream] = textEnd > start && output[textEnd - 1] !== 0x0a;
    if (isContinued) return textEnd;
    const prefix = Buffer.from(this.#prefixText(input));
    output.copyWithin(start + prefix.length, start, textEnd);
    output.set(prefix, start);
    return textEnd + prefix.length;
  }

  #prefixText(input: Buffer): string {
    const { timestamps, details } = this.#request;
    const time = timestamps === true ? `${fixedTime(this.#record, input)} ` : "";
    return details === true ? `${time}${formatAttributes(readAttributes(this.#record, input))} ` : time;
  }
}

/** `2026-03-01T12:00:00.5Z` with nine digits of fraction, as Docker prints it. */
function fixedTime(record: LogRecord, input: Buffer): string {
  const text = timeText(record, input);
  return `${text.slice(0, 19)}.${text.slice(20).padEnd(9, "0")}Z`;
}

/** The time without its `Z`; what is no time in UTC counts as the oldest. */
function timeText({ time, timeStart, timeEnd }: LogRecord, input: Buffer): string {
  const text = time === undefined ? input.toString("latin1", timeStart, timeEnd) : time.replace(/Z$/, "");
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?$/.test(text) ? text : "0001-01-01T00:00:00";
}

/** Compares the record's time with a moment: less than 0, 0, or more. A record without a time counts as old. */
export function compareTime(record: LogRecord, input: Buffer, instant: Instant): number {
  if (record.time !== undefined) return fixedTime(record, input) < instant ? -1 : 1;
  const length = record.timeEnd - record.timeStart;
  for (let index = 0; index < 29; index += 1) {
    // A fraction that is short, or missing with its point, goes on in zeros.
    const byte = index < length ? (input[record.timeStart + index] ?? 0) : index === 19 ? 0x2e : 0x30;
    const difference = byte - instant.charCodeAt(index);
    if (difference !== 0) return difference;
  }
  return 0;
}

function readAttributes({ attrs, attrsStart, attrsEnd }: LogRecord, input: Buffer): Readonly<Record<string, unknown>> {
  if (attrs !== undefined || attrsStart === attrsEnd) return attrs ?? {};
  try {
    const value: unknown = JSON.parse(input.toString("utf8", attrsStart, attrsEnd));
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {}; // damaged; the text of the record is whole
  }
}

/** `a=1,b=2` in the order of the names, escaped as in a query, so that they can neither end nor continue a line. */
export function formatAttributes(attributes: Readonly<Record<string, unknown>>): string {
  return Object.entries(attributes)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${queryEscape(name)}=${queryEscape(String(value))}`)
    .join(",");
}

/** Go's url.QueryEscape: a space is `+`, and only letters, digits and `-_.~` stay. Half of a surrogate pair becomes U+FFFD. */
function queryEscape(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString())
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+");
}
