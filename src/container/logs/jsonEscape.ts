/** A character that JSON writes with a backslash, and where the text goes on. */
export interface Escape {
  readonly code: number;
  readonly next: number;
}

const [backslash, letterU] = [0x5c, 0x75];
const replacement = 0xfffd;

const simpleEscapes: ReadonlyMap<number, number> = new Map(
  Object.entries({ b: 8, f: 12, n: 10, r: 13, t: 9, '"': 0x22, "\\": 0x5c, "/": 0x2f }).map(([letter, code]) => [
    letter.charCodeAt(0),
    code,
  ]),
);

/**
 * Reads the escape whose backslash is at `at` (RFC 8259, section 7). Half of a surrogate pair becomes U+FFFD. Returns
 * undefined for what is no escape or ends too early.
 */
export function readEscape(input: Uint8Array, at: number): Escape | undefined {
  const letter = input[at + 1] ?? 0;
  if (letter !== letterU) {
    const code = simpleEscapes.get(letter);
    return code === undefined ? undefined : { code, next: at + 2 };
  }
  const first = readHex(input, at + 2);
  if (first < 0) return undefined;
  if (first < 0xd800 || first > 0xdfff) return { code: first, next: at + 6 };
  const isPair = first < 0xdc00 && input[at + 6] === backslash && input[at + 7] === letterU;
  const second = isPair ? readHex(input, at + 8) : -1;
  if (second < 0xdc00 || second > 0xdfff) return { code: replacement, next: at + 6 };
  return { code: 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00), next: at + 12 };
}

/** Writes a character as UTF-8 (RFC 3629), which is never longer than its escape; returns the place behind it. */
export function putCharacter(output: Uint8Array, at: number, code: number): number {
  if (code < 0x80) {
    output[at] = code;
    return at + 1;
  }
  const length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  for (let index = length - 1, left = code; index > 0; index -= 1, left >>= 6)
    output[at + index] = 0x80 | (left & 0x3f);
  output[at] = ((0xf00 >> length) & 0xff) | (code >> (6 * (length - 1)));
  return at + length;
}

/** Four hexadecimal digits; -1 when they are not there. */
function readHex(input: Uint8Array, at: number): number {
  let value = 0;
  for (let index = at; index < at + 4; index += 1) {
    const digit = digitOf(input[index] ?? 0);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

function digitOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
