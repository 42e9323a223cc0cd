/** One record that the helper wrote (native/record.h). Strings hold one byte a character: the helper's text is bytes. */
export interface HelperRecord {
  readonly op: string;
  readonly fields: ReadonlyMap<string, string>;
}

/** What the helper is told: an operation and its fields; a field with several values is repeated. */
export interface HelperOrder {
  readonly op: string;
  readonly fields: Readonly<Record<string, string | number | readonly string[]>>;
}

/**
 * The bytes of records as the helper reads them: NUL-terminated strings and an empty one at the end of each.
 *
 * @throws Error for a NUL in a field: whoever parsed that word must have refused it.
 */
export function encodeRecords(orders: readonly HelperOrder[]): Buffer {
  let records = "";
  for (const { op, fields } of orders) {
    records += terminated(op);
    for (const [key, value] of Object.entries(fields)) {
      if (typeof value !== "object") records += terminated(`${key}=${value}`);
      else for (const one of value) records += terminated(`${key}=${one}`);
    }
    records += "\0";
  }
  return Buffer.from(records);
}

function terminated(text: string): string {
  if (text.includes("\0")) throw new Error(`a NUL in a field of the plan: ${JSON.stringify(text.slice(0, 80))}`);
  return `${text}\0`;
}

/** Reads the complete records in `bytes`; a torn one at the end is dropped. */
export function decodeRecords(bytes: Uint8Array): readonly HelperRecord[] {
  const records: HelperRecord[] = [];
  let strings: string[] = [];
  for (const text of Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1").split("\0")) {
    if (text !== "") strings.push(text);
    else if (strings.length > 0) {
      const [op = "", ...fields] = strings;
      records.push({ op, fields: new Map(fields.map(splitField)) });
      strings = [];
    }
  }
  return records;
}

function splitField(field: string): [string, string] {
  const equals = field.indexOf("=");
  return [field.slice(0, equals), field.slice(equals + 1)];
}
