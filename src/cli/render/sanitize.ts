interface SanitizeRule {
  /** Characters that pass although they are control characters: `\n\t`. */
  readonly keep?: string;
  /** How to write a control character; `\x1b` and `\u202e` when left out. */
  readonly show?: (code: number) => string;
}

/**
 * Makes text harmless for a terminal: C0, DEL, C1, the bidirectional controls, line and paragraph separators and
 * Unicode tags are written out (`\x1b`, `\u202e`), so that a name, a label or a registry's message can neither move the
 * cursor nor change what the reader believes to see. Newlines and tabs are written out too unless `keep` names them.
 */
export function sanitizeText(text: string, rule: SanitizeRule = {}): string {
  if (
    !/[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/u.test(text)
  )
    return text;
  const { keep = "", show = writeOut } = rule;
  let safe = "";
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    safe += isControl(code) && !keep.includes(character) ? showEach(show, character) : character;
  }
  return safe;
}

/** One line: everything that could end it is written out. */
export function sanitizeLine(text: string): string {
  return sanitizeText(text);
}

/** Text of several lines that brig composed itself: only newlines and tabs pass. */
export function sanitizeLines(text: string): string {
  return sanitizeText(text, { keep: "\n\t" });
}

/** Beyond the basic plane each half is escaped by itself, which is what JSON wants. */
function showEach(show: (code: number) => string, character: string): string {
  let shown = "";
  for (let index = 0; index < character.length; index += 1) shown += show(character.charCodeAt(index));
  return shown;
}

function writeOut(code: number): string {
  if (code === 0x0a) return "\\n";
  if (code === 0x0d) return "\\r";
  if (code === 0x09) return "\\t";
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
}

function isControl(code: number): boolean {
  return (
    code < 0x20 ||
    (code >= 0x7f && code <= 0x9f) ||
    code === 0x061c ||
    code === 0x200e ||
    code === 0x200f ||
    (code >= 0x2028 && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2069) ||
    (code >= 0xfff9 && code <= 0xfffb) ||
    (code >= 0xe0000 && code <= 0xe007f)
  );
}
