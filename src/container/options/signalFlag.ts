import { constants } from "node:os";
import { EngineError } from "../../base/index.ts";
import { printable } from "./singleLine.ts";

/** Names that signal(7) has and Node's table lacks or spells otherwise. */
const aliases: ReadonlyMap<string, string> = new Map([
  ["SIGCLD", "SIGCHLD"],
  ["SIGPOLL", "SIGIO"],
  ["SIGIOT", "SIGABRT"],
]);

const names: ReadonlyMap<string, number> = new Map(Object.entries(constants.signals));
/** The first name of each number in Node's table is the usual one. */
const namesByNumber: ReadonlyMap<number, string> = new Map(
  [...names].reverse().map(([name, number]) => [number, name]),
);

const realTimeFirst = 34;
const realTimeLast = 64;

/**
 * The canonical spelling of a signal given as a name with or without `SIG`, in any case, or as a number: `SIGTERM`,
 * `SIGRTMIN+3`.
 *
 * @throws EngineError `invalidValue` with Docker's sentence.
 */
export function parseSignal(text: string): string {
  const name = signalName(text);
  if (name !== undefined) return name;
  throw new EngineError("invalidValue", `invalid signal: ${printable(text).slice(1, -1)}`, {
    hint: "use a name or number of signal(7), such as SIGTERM, QUIT or 9",
  });
}

/** Like `parseSignal`, but undefined for what is not a signal. */
export function signalName(text: string): string | undefined {
  if (/^[0-9]{1,2}$/.test(text)) return nameOfNumber(Number(text));
  const upper = text.length > 16 ? "" : text.toUpperCase();
  const full = upper.startsWith("SIG") ? upper : `SIG${upper}`;
  const known = aliases.get(full) ?? full;
  if (names.has(known)) return known;
  const realTime = /^SIGRT(MIN|MAX)(?:([+-])([0-9]{1,2}))?$/.exec(full);
  if (realTime === null) return undefined;
  const base = realTime[1] === "MIN" ? realTimeFirst : realTimeLast;
  const offset = Number(realTime[3] ?? 0) * (realTime[2] === "-" ? -1 : 1);
  return nameOfNumber(base + offset);
}

/** The number of a signal in `parseSignal`'s spelling; undefined for any other word. */
export function signalNumber(name: string): number | undefined {
  const plus = /^SIGRTMIN(?:\+([0-9]{1,2}))?$/.exec(name);
  return plus === null ? names.get(name) : realTimeFirst + Number(plus[1] ?? 0);
}

/** The name of a signal by its number, `SIGRTMIN+n` for the real-time ones; undefined for no signal. */
export function nameOfNumber(number: number): string | undefined {
  if (number < realTimeFirst || number > realTimeLast) return namesByNumber.get(number);
  return number === realTimeFirst ? "SIGRTMIN" : `SIGRTMIN+${number - realTimeFirst}`;
}
