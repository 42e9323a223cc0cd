import { EngineError } from "../../base/index.ts";

/** One `--filter name=value`. */
export interface ListFilter {
  readonly name: string;
  readonly value: string;
}

/**
 * Parses `--filter` for a list that knows the filters `known`.
 *
 * @throws EngineError `invalidValue` with Docker's sentences.
 */
export function parseFilter(text: string, known: readonly string[]): ListFilter {
  const equals = text.indexOf("=");
  if (equals === -1) {
    throw new EngineError("invalidValue", "invalid argument for filter: bad format of filter (expected name=value)");
  }
  const name = text.slice(0, equals).trim().toLowerCase();
  if (known.includes(name)) return { name, value: text.slice(equals + 1).trim() };
  throw new EngineError("invalidValue", `invalid filter '${name}'`, { hint: `known filters are ${known.join(", ")}` });
}
