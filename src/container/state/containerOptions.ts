import { EngineError, readFileIfExists, writeFileAtomic } from "../../base/index.ts";
import type { FilledOptions } from "../fillDefaults.ts";

/**
 * `containers/<id>/options.json`: what the user asked for, defaults filled in. `inspect` shows it, `start` plans by it
 * and `update` changes it. A Map is kept as `{"$map": [[key, value], ...]}`, so that no key can be mistaken for a
 * member of an object.
 */
export function writeContainerOptions(path: string, options: FilledOptions): void {
  writeFileAtomic(path, `${JSON.stringify(options, mapsToEntries)}\n`);
}

/** What containers have that were made before brig knew the option. */
const laterOptions = { deviceCgroupRules: [] } satisfies Partial<FilledOptions>;

/** @throws EngineError `storeCorrupt` when the file is missing or damaged. */
export function readContainerOptions(path: string): FilledOptions {
  const text = readFileIfExists(path);
  try {
    // The engine's own file, in a directory of its own: only damage is to be expected.
    if (text !== undefined) return { ...laterOptions, ...(JSON.parse(text, entriesToMaps) as FilledOptions) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new EngineError("storeCorrupt", `cannot read the options of a container from "${path}"`, {
    hint: "remove the container with brig rm --force and make it again",
  });
}

function mapsToEntries(_key: string, value: unknown): unknown {
  return value instanceof Map ? { $map: [...value] } : value;
}

function entriesToMaps(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("$map" in value) || !Array.isArray(value.$map)) return value;
  return new Map(value.$map as readonly [unknown, unknown][]); // written by mapsToEntries
}
