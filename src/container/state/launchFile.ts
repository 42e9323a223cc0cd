import { EngineError, readFileIfExists, writeFileAtomic } from "../../base/index.ts";
import type { LaunchRequest } from "../../launch/index.ts";

/** `containers/<id>/launch.json`: what was decided about the launch when the container was made; every start compiles it again. */
export function writeLaunchFile(path: string, request: LaunchRequest): void {
  writeFileAtomic(path, `${JSON.stringify(request)}\n`);
}

/** @throws EngineError `storeCorrupt` when the file is missing or damaged. */
export function readLaunchFile(path: string): LaunchRequest {
  const text = readFileIfExists(path);
  try {
    // The engine's own file, in a directory of its own: only damage is to be expected.
    if (text !== undefined) return JSON.parse(text) as LaunchRequest;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new EngineError("storeCorrupt", `cannot read how a container is started from "${path}"`, {
    hint: "remove the container with brig rm --force and make it again",
  });
}
