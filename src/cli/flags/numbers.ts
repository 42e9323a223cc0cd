import { EngineError } from "../../base/index.ts";

/** A whole number that JavaScript holds exactly, in Go's spelling and with Go's sentence when it is none. */
export function parseInteger(text: string): number {
  const value = /^[+-]?\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value)) return value;
  throw notNumber("ParseInt", text, /^[+-]?\d+$/.test(text));
}

/** A whole number from 0 to `most`. */
export function parseUnsigned(text: string, most: number): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value <= most) return value;
  throw notNumber("ParseUint", text, /^\d+$/.test(text));
}

/** `--cpus`: a decimal number, such as 1.5. */
export function parseCpus(text: string): number {
  if (/^\d{1,6}(\.\d{0,9})?$|^\.\d{1,9}$/.test(text)) return Number(text);
  throw new EngineError("invalidValue", `failed to parse ${text} as a rational number`, {
    hint: "write how many CPUs' worth of time it may use, such as 1.5",
  });
}

/** What does not exist in the kernel or is out of its bounds is told by the limits themselves, not here. */
function notNumber(parser: "ParseInt" | "ParseUint", text: string, isNumber: boolean): EngineError {
  const reason = isNumber ? "value out of range" : "invalid syntax";
  return new EngineError("invalidValue", `strconv.${parser}: parsing ${JSON.stringify(text)}: ${reason}`);
}
