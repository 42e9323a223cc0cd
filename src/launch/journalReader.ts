/** One record of the helper's journal (native/launch.h). `bytes` is what follows a `file` record. */
export interface JournalRecord {
  readonly op: string;
  readonly fields: ReadonlyMap<string, string>;
  readonly bytes: Buffer;
}

const fileLimit = 1 << 24;

/**
 * Splits the helper's journal into records as it arrives; pieces may end anywhere. The helper is ours, but it has been
 * near a stranger's files: sizes are bounded and what does not parse throws a plain Error.
 */
export class JournalReader {
  #pending: Buffer = Buffer.alloc(0);

  /** Takes the next piece and returns the records that are complete. */
  read(piece: Buffer): JournalRecord[] {
    this.#pending = this.#pending.length === 0 ? piece : Buffer.concat([this.#pending, piece]);
    const records: JournalRecord[] = [];
    for (;;) {
      const record = this.#next();
      if (record === undefined) return records;
      records.push(record);
    }
  }

  #next(): JournalRecord | undefined {
    const end = this.#pending.indexOf("\0\0");
    if (end < 0) return undefined;
    const [op = "", ...strings] = this.#pending.toString("utf8", 0, end).split("\0");
    const fields = new Map(strings.map(splitField));
    const start = end + 2;
    const size = op === "file" ? Number(fields.get("size")) : 0;
    if (!(size >= 0 && size <= fileLimit))
      throw new Error(`the helper announced a file of ${fields.get("size")} bytes`);
    if (this.#pending.length < start + size) return undefined;
    const bytes = this.#pending.subarray(start, start + size);
    this.#pending = this.#pending.subarray(start + size);
    return { op, fields, bytes };
  }
}

function splitField(text: string): [string, string] {
  const at = text.indexOf("=");
  return [text.slice(0, at), text.slice(at + 1)];
}
