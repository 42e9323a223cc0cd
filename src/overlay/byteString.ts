/**
 * Names in archives and file systems are bytes. A ByteString holds one byte a character (what Node calls latin1), so
 * that names which are not UTF-8 stay exact and the ordinary string operations work.
 */
export type ByteString = string;

const shown = 200;

/** The name in double quotes for a message: read as UTF-8, control characters escaped, cut when long. */
export function quoteName(name: ByteString): string {
  const text = Buffer.from(name.slice(0, shown), "latin1").toString("utf8");
  const escaped = [...JSON.stringify(text).slice(1, -1)].map(visible).join("");
  return `"${escaped}${name.length > shown ? "..." : ""}"`;
}

/** C1 controls and the characters that turn the direction of text would change what a terminal shows. */
function visible(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hidden =
    (code >= 0x7f && code < 0xa0) || (code >= 0x200e && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
  return hidden ? `\\u${code.toString(16).padStart(4, "0")}` : character;
}
