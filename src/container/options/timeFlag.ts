import type { Branded } from "../../base/index.ts";
import { EngineError } from "../../base/index.ts";
import { printable } from "./singleLine.ts";

/** A moment in UTC with nine digits of fraction (`2026-03-01T12:00:00.000000000Z`): earlier ones sort before later ones. */
export type Instant = Branded<"Instant">;

const durationUnits: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 6e10,
  h: 36e11,
};

const latestSeconds = Date.UTC(9999, 11, 31) / 1000;

/**
 * Parses `--since` and `--until` as Docker does: a Go duration before now (`10m`, `-10s` lies ahead), seconds since the
 * epoch with an optional fraction, or an RFC 3339 time whose end may be missing; without a zone it is local.
 *
 * @throws EngineError `invalidValue` naming `what`.
 */
export function parseInstant(text: string, now: Date, what: string): Instant {
  const found = text.length > 64 ? undefined : (parseUnix(text) ?? parseRelative(text, now) ?? parseCalendar(text));
  if (found !== undefined) return found;
  throw new EngineError(
    "invalidValue",
    `invalid value for "${what}": failed to parse value as time or duration: ${printable(text)}`,
    { hint: "write a time such as 2026-03-01T12:00:00Z, seconds since 1970, or a duration such as 10m" },
  );
}

/** The moment of a JavaScript date. */
export function instantOf(date: Date): Instant {
  return date.toISOString().replace("Z", "000000Z") as Instant; // toISOString() has three digits for these years
}

/** Milliseconds since the epoch, rounded down. */
export function instantToMs(instant: Instant): number {
  return Date.parse(`${instant.slice(0, 23)}Z`);
}

function parseUnix(text: string): Instant | undefined {
  const match = /^(\d{1,12})(?:\.(\d{1,9}))?$/.exec(text);
  return match === null ? undefined : fromUnix(Number(match[1]), Number((match[2] ?? "").padEnd(9, "0")));
}

function fromUnix(seconds: number, nanoseconds: number): Instant | undefined {
  if (!(seconds >= 0 && seconds <= latestSeconds)) return undefined;
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  return `${whole}.${String(nanoseconds).padStart(9, "0")}Z` as Instant;
}

function parseRelative(text: string, now: Date): Instant | undefined {
  const sign = text.startsWith("-") ? -1 : 1;
  const plain = text.replace(/^[-+]/, "");
  const parts = [...plain.matchAll(/(\d{1,12}(?:\.\d{0,9})?|\.\d{1,9})(ns|us|µs|ms|s|m|h)/gy)];
  if (parts.length === 0 || parts.reduce((length, [part]) => length + part.length, 0) !== plain.length)
    return undefined;
  const length = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (durationUnits[unit ?? ""] ?? 0), 0);
  // Sums of this size are exact to a microsecond, and `now` to a millisecond.
  const wanted = BigInt(now.getTime()) * 1_000_000n - BigInt(sign) * BigInt(Math.round(length));
  if (wanted < 0n) return fromUnix(0, 0);
  return fromUnix(Number(wanted / 1_000_000_000n), Number(wanted % 1_000_000_000n));
}

const calendar = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2})(?::(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?)?(Z|[+-]\d{2}:\d{2})?$/;

function parseCalendar(text: string): Instant | undefined {
  const match = calendar.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour = "00", minute = "00", second = "00", fraction = "", zone = ""] = match;
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.000${zone}`);
  if (Number.isNaN(ms)) return undefined;
  return fromUnix(Math.floor(ms / 1000), Number(fraction.padEnd(9, "0")));
}
