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

/**
 * Groups filters as Docker combines them: all names must hold, one of the values of a name is enough. `holds` tells
 * whether one of them does.
 */
export function passesFilters(filters: readonly ListFilter[], holds: (filter: ListFilter) => boolean): boolean {
  const names = new Set(filters.map(({ name }) => name));
  return [...names].every((name) => filters.some((filter) => filter.name === name && holds(filter)));
}

/** Whether a label filter (`key` or `key=value`) holds. */
export function hasLabel(labels: ReadonlyMap<string, string>, wanted: string): boolean {
  const equals = wanted.indexOf("=");
  if (equals === -1) return labels.has(wanted);
  return labels.get(wanted.slice(0, equals)) === wanted.slice(equals + 1);
}
