import { EngineError } from "./errors.ts";

const sizeSuffixes: Readonly<Record<string, number>> = { "": 0, b: 0, k: 1, m: 2, g: 3, t: 4, p: 5 };

/**
 * Parses a size as Docker does for memory ("64m", "1.5GiB", "512"): binary units, case-insensitive, an optional "b"
 * or "ib" after the unit. Returns bytes, rounded down.
 *
 * @throws EngineError `invalidValue` naming `what`.
 */
export function parseSize(text: string, what: string): number {
  const match = /^(\d{1,15}(?:\.\d{1,9})?) ?([kmgtp]?)(i?b)?$/i.exec(text);
  const power = match === null ? undefined : sizeSuffixes[(match[2] ?? "").toLowerCase()];
  const bytes = match === null || power === undefined ? Number.NaN : Math.floor(Number(match[1]) * 1024 ** power);
  if (!Number.isSafeInteger(bytes)) {
    throw new EngineError("invalidValue", `invalid size "${text}" for ${what}`, {
      hint: "write a number of bytes or a number with b, k, m, g or t, such as 64m",
    });
  }
  return bytes;
}

const durationUnits: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1e3,
  m: 6e4,
  h: 36e5,
};

/**
 * Parses a duration in Go's syntax ("1m30s", "500ms", "0"). Returns milliseconds.
 *
 * @throws EngineError `invalidValue` naming `what`.
 */
export function parseDuration(text: string, what: string): number {
  if (text === "0") return 0;
  const parts = text.length > 64 ? [] : [...text.matchAll(/(\d{1,12}(?:\.\d{1,9})?)(ns|us|µs|ms|s|m|h)/gy)];
  if (parts.length === 0 || parts.reduce((length, part) => length + part[0].length, 0) !== text.length) {
    throw new EngineError("invalidValue", `invalid duration "${text}" for ${what}`, {
      hint: "write numbers with units, such as 1m30s or 500ms",
    });
  }
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (durationUnits[unit ?? ""] ?? 0), 0);
}

const binaryNames = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;
const decimalNames = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** Bytes with a binary unit and up to four significant digits, as Docker prints memory: `64MiB`, `1.5GiB`. */
export function formatBinarySize(bytes: number): string {
  return scaled(bytes, 1024, binaryNames, 4);
}

/** Bytes with a decimal unit and three significant digits, as Docker prints image sizes: `7.8MB`. */
export function formatDecimalSize(bytes: number): string {
  return scaled(bytes, 1000, decimalNames, 3);
}

function scaled(bytes: number, base: number, names: readonly string[], digits: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= base && unit < names.length - 1) {
    value /= base;
    unit += 1;
  }
  return `${Number(value.toPrecision(digits))}${names[unit]}`;
}
