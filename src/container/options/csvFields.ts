import { EngineError } from "../../base/index.ts";

/**
 * Splits one line of comma-separated values (RFC 4180: a field may stand in double quotes, where `""` is a quote and a
 * comma is plain text). Linear in the length of the text.
 *
 * @throws EngineError `invalidValue` naming `what`, for an unfinished quote or text after a closing one.
 */
export function splitCsv(text: string, what: string): readonly string[] {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    const field = text[at] === '"' ? quotedField(text, at, what) : plainField(text, at, what);
    fields.push(field.value);
    if (field.end >= text.length) return fields;
    at = field.end + 1;
  }
}

interface Field {
  readonly value: string;
  /** The index of the comma after it, or the length of the text. */
  readonly end: number;
}

function plainField(text: string, start: number, what: string): Field {
  const comma = text.indexOf(",", start);
  const end = comma === -1 ? text.length : comma;
  const value = text.slice(start, end);
  if (value.includes('"')) throw malformed(what, "a quote inside a field that does not begin with one");
  return { value, end };
}

function quotedField(text: string, start: number, what: string): Field {
  let value = "";
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote === -1) throw malformed(what, "a quote that is not closed");
    value += text.slice(from, quote);
    if (text[quote + 1] === '"') {
      value += '"';
      from = quote + 2;
      continue;
    }
    const end = quote + 1;
    if (end < text.length && text[end] !== ",") throw malformed(what, "text after a closing quote");
    return { value, end };
  }
}

function malformed(what: string, reason: string): EngineError {
  return new EngineError("invalidValue", `cannot read ${what} as comma-separated values: ${reason}`);
}
