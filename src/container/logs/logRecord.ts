import { putCharacter, readEscape } from "./jsonEscape.ts";

/**
 * Reads Docker's json-file records out of bytes, into bytes: `{"log":"...","stream":"stdout","attrs":{...},"time":"..."}`
 * in this order of members takes one pass without any object; every other order goes through JSON.parse.
 */

/** One record, as places in bytes; the text is in the output that was given. */
export interface LogRecord {
  stream: LogStream;
  /** Where in the output its text ends. */
  textEnd: number;
  /** Where its time is in the input, without the `Z`; equal when it is `time`. */
  timeStart: number;
  timeEnd: number;
  /** Where the members of `attrs` are in the input, with the braces; equal when there are none. */
  attrsStart: number;
  attrsEnd: number;
  /** The time of a record in another order of members. */
  time: string | undefined;
  attrs: Readonly<Record<string, unknown>> | undefined;
}

export type LogStream = "stdout" | "stderr";

export function newLogRecord(): LogRecord {
  return {
    stream: "stdout",
    textEnd: 0,
    timeStart: 0,
    timeEnd: 0,
    attrsStart: 0,
    attrsEnd: 0,
    time: undefined,
    attrs: undefined,
  };
}

const head = Buffer.from('{"log":"');
const streamMember = Buffer.from('"stream":"std');
const attrsMember = Buffer.from('"attrs":');
const timeMember = Buffer.from('"time":"');
const [quote, backslash, newline, closingBrace] = [0x22, 0x5c, 0x0a, 0x7d];

export interface ReadPlace {
  readonly input: Buffer;
  /** Has room for as many bytes as there are in the input. */
  readonly output: Uint8Array;
  readonly outputStart: number;
}

/**
 * Reads the record at `start`. Returns where the next one begins; 0 when the input ends before the record does. A line
 * that holds no record (one that was torn by a full disk or a power cut) is passed over: `textEnd` is -1 then.
 */
export function readLogRecord(record: LogRecord, start: number, place: ReadPlace): number {
  const next = readInOrder(record, start, place);
  return next > 0 ? next : readAnyOrder(record, start, place);
}

/** Returns 0 for whatever is not the record that was expected, an unfinished one among them. */
function readInOrder(record: LogRecord, start: number, place: ReadPlace): number {
  const { input } = place;
  if (!holds(input, start, head)) return 0;
  let at = copyString(record, start + head.length, place);
  if (at === 0 || input[at] !== 0x2c || !holds(input, at + 1, streamMember)) return 0;
  at += 1 + streamMember.length;
  const isOut = input[at] === 0x6f && input[at + 1] === 0x75 && input[at + 2] === 0x74;
  if (!isOut && !(input[at] === 0x65 && input[at + 1] === 0x72 && input[at + 2] === 0x72)) return 0;
  record.stream = isOut ? "stdout" : "stderr";
  if (input[at + 3] !== quote || input[at + 4] !== 0x2c) return 0;
  at += 5;
  record.attrsStart = record.attrsEnd = 0;
  if (holds(input, at, attrsMember)) {
    record.attrsStart = at + attrsMember.length;
    at = skipObject(input, record.attrsStart);
    if (at === 0 || input[at] !== 0x2c) return 0;
    record.attrsEnd = at;
    at += 1;
  }
  if (!holds(input, at, timeMember)) return 0;
  record.timeStart = at + timeMember.length;
  at = record.timeStart;
  while (at < input.length && input[at] !== quote) at += 1;
  if (input[at + 1] !== closingBrace || input[at + 2] !== newline) return 0;
  if (input[at - 1] !== 0x5a) return 0;
  record.timeEnd = at - 1;
  record.time = record.attrs = undefined;
  return at + 3;
}

function holds(input: Uint8Array, at: number, wanted: Uint8Array): boolean {
  for (let index = 0; index < wanted.length; index += 1) if (input[at + index] !== wanted[index]) return false;
  return true;
}

/** Returns the place behind the closing quote, 0 when there is none or the text is not JSON's. */
function copyString(record: LogRecord, start: number, { input, output, outputStart }: ReadPlace): number {
  let at = start;
  let put = outputStart;
  while (at < input.length) {
    const byte = input[at] as number; // it is within the input
    if (byte === backslash && input[at + 1] === 0x6e) {
      output[put] = newline;
      put += 1;
      at += 2;
    } else if (byte === backslash) {
      const escaped = readEscape(input, at);
      if (escaped === undefined) return 0;
      put = putCharacter(output, put, escaped.code);
      at = escaped.next;
    } else if (byte === quote) {
      record.textEnd = put;
      return at + 1;
    } else if (byte < 0x20) {
      return 0;
    } else {
      output[put] = byte;
      put += 1;
      at += 1;
    }
  }
  return 0;
}

/** Returns the place behind an object whose values are strings; 0 when it is another or not whole. */
function skipObject(input: Uint8Array, start: number): number {
  if (input[start] !== 0x7b) return 0;
  let inString = false;
  for (let at = start + 1; at < input.length; at += 1) {
    const byte = input[at];
    if (byte === newline || (!inString && byte === 0x7b)) return 0;
    if (inString && byte === backslash) at += 1;
    else if (byte === quote) inString = !inString;
    else if (!inString && byte === closingBrace) return at + 1;
  }
  return 0;
}

/** A line of the log as JSON reads it. What was torn has no end, so a record may begin in the middle of a line. */
function readAnyOrder(record: LogRecord, start: number, { input, output, outputStart }: ReadPlace): number {
  const end = input.indexOf(newline, start);
  if (end === -1) return 0;
  record.textEnd = -1;
  const line = input.subarray(start, end);
  const lastHead = line.lastIndexOf(head);
  for (const from of lastHead > 0 ? [0, lastHead] : [0]) {
    const value = parseObject(line.subarray(from).toString("utf8"));
    if (value === undefined || typeof value.log !== "string") continue;
    record.stream = value.stream === "stderr" ? "stderr" : "stdout";
    record.timeStart = record.timeEnd = record.attrsStart = record.attrsEnd = 0;
    record.time = typeof value.time === "string" ? value.time : "";
    record.attrs = typeof value.attrs === "object" && value.attrs !== null ? { ...value.attrs } : undefined;
    const text = Buffer.from(value.log);
    if (text.length > line.length) continue; // bytes that are not UTF-8 became longer than there is room for
    output.set(text, outputStart);
    record.textEnd = outputStart + text.length;
    break;
  }
  return end + 1;
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
