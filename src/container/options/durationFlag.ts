import { EngineError } from "../../base/index.ts";

const units: ReadonlyMap<string, number> = new Map([
  ["ns", 1],
  ["us", 1e3],
  ["µs", 1e3],
  ["μs", 1e3],
  ["ms", 1e6],
  ["s", 1e9],
  ["m", 6e10],
  ["h", 36e11],
]);

/** The most that Go's duration holds. */
const mostNs = 2 ** 63;

/**
 * Parses a Go duration (`1m30s`, `500ms`, `0`) into nanoseconds; exact below 2^53 of them, which is 104 days.
 *
 * @throws EngineError `invalidValue` with Go's sentences.
 */
export function parseDuration(text: string): number {
  const quoted = JSON.stringify(text.slice(0, 80));
  const fail = (reason: string) => new EngineError("invalidValue", `time: ${reason} in duration ${quoted}`);
  const sign = text.startsWith("-") ? -1 : 1;
  const plain = text.slice(0, 80).replace(/^[-+]/, "");
  if (plain === "0") return 0;
  const parts = [...plain.matchAll(/(\d{1,19}(?:\.\d{0,19})?|\.\d{1,19})([^\d.]*)/gy)];
  const invalid = new EngineError("invalidValue", `time: invalid duration ${quoted}`, {
    hint: "write a number and a unit, such as 30s, 1m30s or 500ms",
  });
  if (parts.length === 0 || parts.reduce((length, [part]) => length + part.length, 0) !== plain.length) throw invalid;
  let sum = 0;
  for (const [, amount, unit = ""] of parts) {
    const factor = units.get(unit);
    if (unit === "") throw fail("missing unit");
    if (factor === undefined) throw fail(`unknown unit ${JSON.stringify(unit)}`);
    sum += Number(amount) * factor;
  }
  if (sum >= mostNs || text.length > 80) throw invalid;
  return sum === 0 ? 0 : sign * Math.round(sum);
}

/** Nanoseconds as Go prints a duration: `1h0m0s`, `1.5s`, `20ms`. */
export function formatDuration(ns: number): string {
  if (ns === 0) return "0s";
  if (ns < 1e9) {
    const [unit, factor] = ns < 1e3 ? (["ns", 1] as const) : ns < 1e6 ? (["µs", 1e3] as const) : (["ms", 1e6] as const);
    return `${ns / factor}${unit}`;
  }
  const hours = Math.floor(ns / 36e11);
  const minutes = Math.floor((ns % 36e11) / 6e10);
  const nanoseconds = ns % 6e10;
  const fraction = String(nanoseconds % 1e9)
    .padStart(9, "0")
    .replace(/0+$/, "");
  const seconds = `${Math.floor(nanoseconds / 1e9)}${fraction === "" ? "" : `.${fraction}`}s`;
  return `${hours > 0 ? `${hours}h` : ""}${hours > 0 || minutes > 0 ? `${minutes}m` : ""}${seconds}`;
}
