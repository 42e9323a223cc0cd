import { EngineError } from "../../base/index.ts";
import type { LoggedContainer } from "./logTag.ts";

/** Each record of the log carries them. */
const mostAttributeBytes = 16 * 1024;

/**
 * The labels and variables that the log options `labels` and `env` name, as far as the container has them. Pure.
 *
 * @throws EngineError `invalidValue` when they are longer than 16 KiB.
 */
export function namedAttributes(
  options: ReadonlyMap<string, string>,
  container: LoggedContainer,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const name of listedNames(options.get("labels"))) {
    const value = container.labels.get(name);
    if (value !== undefined) found.set(name, value);
  }
  for (const name of listedNames(options.get("env"))) {
    const entry = container.env.findLast((candidate) => candidate.startsWith(`${name}=`));
    if (entry !== undefined) found.set(name, entry.slice(name.length + 1));
  }
  requireShort([...found].flat().join(""));
  return found;
}

/**
 * Returns what each record is to carry as it is.
 *
 * @throws EngineError `invalidValue` when it is longer than 16 KiB.
 */
export function requireShort(text: string): string {
  if (Buffer.byteLength(text) <= mostAttributeBytes) return text;
  throw new EngineError("invalidValue", "the labels and variables for the log are longer than 16 KiB", {
    hint: "name fewer of them in the log options labels and env",
  });
}

/** `A, B` */
export function listedNames(list: string | undefined): readonly string[] {
  return (list ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
