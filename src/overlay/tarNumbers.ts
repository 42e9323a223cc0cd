import type { ByteString } from "./byteString.ts";
import type { Timestamp } from "./tarEntry.ts";

/**
 * A number in a header field: octal digits between spaces and NULs (POSIX pax, "ustar Interchange Format"), or GNU's
 * base-256 two's complement when the top bit of the first byte is set. Undefined when it is malformed or not exact
 * in a double.
 */
export function parseHeaderNumber(block: Buffer, start: number, end: number): number | undefined {
  const first = block[start] ?? 0;
  return first >= 0x80 ? parseBase256(block, start, end) : parseOctal(block, start, end);
}

function parseOctal(block: Buffer, start: number, end: number): number | undefined {
  let at = start;
  let stop = end;
  while (at < stop && isBlank(block[at])) at += 1;
  while (stop > at && isBlank(block[stop - 1])) stop -= 1;
  let value = 0;
  for (; at < stop; at += 1) {
    const digit = (block[at] ?? 0) - 48;
    if (digit < 0 || digit > 7) return undefined;
    value = value * 8 + digit;
  }
  return Number.isSafeInteger(value) ? value : undefined;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0;
}

function parseBase256(block: Buffer, start: number, end: number): number | undefined {
  const first = block[start] ?? 0;
  const negative = (first & 0x40) !== 0;
  let value = BigInt((first & 0x7f) - (negative ? 0x80 : 0));
  for (let at = start + 1; at < end; at += 1) value = value * 256n + BigInt(block[at] ?? 0);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** Decimal digits without sign, as PAX writes sizes and ids; undefined for anything else. */
export function parseDecimal(text: ByteString): number | undefined {
  if (text.length === 0 || text.length > 16) return undefined;
  let value = 0;
  for (let at = 0; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return Number.isSafeInteger(value) ? value : undefined;
}

/** PAX time: seconds with an optional sign and fraction, cut to nanoseconds; undefined when malformed. */
export function parsePaxTime(text: ByteString): Timestamp | undefined {
  const negative = text.startsWith("-");
  const dot = text.indexOf(".");
  const whole = parseDecimal(text.slice(negative ? 1 : 0, dot < 0 ? undefined : dot));
  const digits = dot < 0 ? "" : text.slice(dot + 1);
  const fraction = parseDecimal(digits.slice(0, 9).padEnd(9, "0"));
  if (whole === undefined || fraction === undefined || !isDigits(digits)) return undefined;
  if (!negative) return { seconds: whole, nanoseconds: fraction };
  return fraction === 0
    ? { seconds: 0 - whole, nanoseconds: 0 }
    : { seconds: 0 - whole - 1, nanoseconds: 1e9 - fraction };
}

function isDigits(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 48 || code > 57) return false;
  }
  return true;
}
