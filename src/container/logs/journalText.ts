import { instantOf } from "../options/timeFlag.ts";
import type { JournalEntry } from "./journalEntries.ts";
import type { LogStream } from "./logRecord.ts";
import { formatAttributes, type LogPiece, type LogTextRequest } from "./logText.ts";

/** What of an entry is needed to know where lines begin. */
export const lineFields: readonly string[] = ["PRIORITY", "CONTAINER_PARTIAL_MESSAGE", "SYSLOG_TIMESTAMP"];

export function streamOf(entry: JournalEntry): LogStream {
  return entry.get("PRIORITY") === "3" ? "stderr" : "stdout";
}

/** Whether a line ends with the entry; a longer one goes on in the next entry of its stream. */
export function endsLine(entry: JournalEntry): boolean {
  return entry.get("CONTAINER_PARTIAL_MESSAGE") !== "true";
}

/** When the container wrote it, as its monitor said, else when the journal took it. */
export function timeOf(entry: JournalEntry): string {
  const own = entry.get("SYSLOG_TIMESTAMP");
  if (typeof own === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/.test(own)) return own;
  const text = entry.get("__REALTIME_TIMESTAMP");
  const microseconds = typeof text === "string" && /^\d{1,16}$/.test(text) ? Number(text) : 0;
  return instantOf(new Date(microseconds / 1000));
}

export interface JournalTextRequest extends LogTextRequest {
  /** Fields that are labels or variables. */
  readonly attributes: readonly string[];
}

/** Turns entries into what the container wrote, as LogText does with records of a file. */
export class JournalText {
  readonly #request: JournalTextRequest;
  readonly #midLine = { stdout: false, stderr: false };
  /** An entry was met that is younger than `until`. */
  over = false;

  constructor(request: JournalTextRequest) {
    this.#request = request;
  }

  /** Undefined for one that is not asked for. */
  read(entry: JournalEntry): LogPiece | undefined {
    const { since, until, timestamps, details, stdout = true, stderr = true } = this.#request;
    const [stream, time] = [streamOf(entry), timeOf(entry)];
    if (until !== undefined && time > until) this.over = true;
    if (this.over || (since !== undefined && time < since)) return undefined;
    if (!(stream === "stdout" ? stdout : stderr)) return undefined;
    const ends = endsLine(entry);
    const begins = !this.#midLine[stream];
    this.#midLine[stream] = !ends;
    const prefix = [
      ...(begins && timestamps === true ? [`${time} `] : []),
      ...(begins && details === true ? [`${formatAttributes(this.#attributesOf(entry))} `] : []),
    ];
    const bytes = Buffer.concat([Buffer.from(prefix.join("")), bytesOf(entry), Buffer.from(ends ? "\n" : "")]);
    return { stream, bytes };
  }

  #attributesOf(entry: JournalEntry): Readonly<Record<string, unknown>> {
    const present = this.#request.attributes.filter((name) => entry.has(name));
    return Object.fromEntries(present.map((name) => [name, textOf(entry.get(name)).toString()]));
  }
}

function bytesOf(entry: JournalEntry): Buffer {
  return textOf(entry.get("MESSAGE"));
}

/** Text that is not printable comes as an array of bytes; of several values of a field the first counts. */
function textOf(value: unknown): Buffer {
  if (typeof value === "string") return Buffer.from(value);
  if (!Array.isArray(value)) return Buffer.alloc(0);
  return typeof value[0] === "number" ? Buffer.from(value) : textOf(value[0]);
}
