import { readFileIfExists, writeFileAtomic } from "./atomicFile.ts";
import { EngineError } from "./errors.ts";

/**
 * Writes one of the engine's own records, replacing the old one atomically. `durable` waits for the disk: for what must
 * be found again after a power cut.
 */
export function writeRecord(path: string, value: object, { durable }: { readonly durable: boolean }): void {
  writeFileAtomic(path, `${JSON.stringify(value, undefined, 2)}\n`, { durable });
}

/**
 * Reads one of the engine's own records; undefined when there is none.
 *
 * @throws EngineError `storeCorrupt` when it is not a JSON object, as after damage to the disk.
 */
export function readRecord(path: string): Readonly<Record<string, unknown>> | undefined {
  const text = readFileIfExists(path);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    // Every JSON object is a record of unknown values.
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (cause) {
    throw corruptRecord(path, cause);
  }
  throw corruptRecord(path);
}

export function corruptRecord(path: string, cause?: unknown): EngineError {
  return new EngineError("storeCorrupt", `the record "${path}" cannot be read`, {
    hint: "it was damaged by something else than brig; brig rm --force removes a container with damaged records",
    ...(cause === undefined ? {} : { cause }),
  });
}

/** What `read` returns; undefined when what it reads is damaged (`storeCorrupt`). Other failures are thrown. */
export function unlessDamaged<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof EngineError && error.code === "storeCorrupt") return undefined;
    throw error;
  }
}
