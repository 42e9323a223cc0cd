import { EngineError, readFileIfExists, writeFileAtomic } from "../../base/index.ts";
import type { LaunchRequest } from "../../launch/index.ts";

/**
 * `containers/<id>/launch.json`: what was decided about the launch when the container was made; every start compiles it
 * again. Programs are kept as `{"$bytes": hexadecimal digits}`.
 */
export function writeLaunchFile(path: string, request: LaunchRequest): void {
  writeFileAtomic(path, `${JSON.stringify(request, bytesToHex)}\n`);
}

/** @throws EngineError `storeCorrupt` when the file is missing or damaged. */
export function readLaunchFile(path: string): LaunchRequest {
  const text = readFileIfExists(path);
  try {
    // The engine's own file, in a directory of its own: only damage is to be expected.
    if (text !== undefined) return JSON.parse(text, hexToBytes) as LaunchRequest;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new EngineError("storeCorrupt", `cannot read how a container is started from "${path}"`, {
    hint: "remove the container with brig rm --force and make it again",
  });
}

/** `this` holds the value as it was before Buffer's toJSON made an array of numbers of it. */
function bytesToHex(this: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
  const original = this[key];
  return original instanceof Uint8Array ? { $bytes: Buffer.from(original).toString("hex") } : value;
}

function hexToBytes(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("$bytes" in value)) return value;
  return Buffer.from(String(value.$bytes), "hex");
}
