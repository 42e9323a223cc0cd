import { chownSync, closeSync, openSync, realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";
import {
  EngineError,
  errnoOf,
  fileSystemError,
  lockDescriptor,
  makeDirectory,
  readFileIfExists,
  writeFileAtomic,
} from "../base/index.ts";

/** Docker's `config.json`, of which brig knows only what is about credentials. */
export type JsonObject = Readonly<Record<string, unknown>>;

const patienceMs = 30_000;

/**
 * Reads the file; undefined when it does not exist.
 *
 * @throws EngineError `invalidConfig` when it is not a JSON object; it is not quoted, because it holds secrets.
 */
export function readDockerConfig(authFile: string): JsonObject | undefined {
  const text = readFileIfExists(authFile);
  if (text === undefined || text.trim() === "") return undefined;
  const config = parseObject(text);
  if (config !== undefined) return config;
  throw new EngineError("invalidConfig", `cannot read the credentials in "${authFile}": it is not a JSON object`, {
    hint: "repair or remove the file; a login writes a new one",
  });
}

/**
 * Reads, changes and replaces the file, one process at a time. It stays a symbolic link if it is one, keeps its owner,
 * and may be read by nobody else. `change` returns undefined to leave it as it is.
 *
 * @throws EngineError those of `readDockerConfig`, `busy`, `fileSystem`.
 */
export async function changeDockerConfig(
  authFile: string,
  change: (config: JsonObject) => JsonObject | undefined,
): Promise<void> {
  const path = resolveLink(authFile);
  const directory = dirname(path);
  makeDirectory(directory);
  // The directory itself is locked: no other file is left beside the one that Docker knows.
  const lock = openDirectory(directory);
  try {
    if (!(await lockDescriptor(lock, { mode: "exclusive", patienceMs }))) throw held(path);
    const changed = change(readDockerConfig(path) ?? {});
    if (changed === undefined) return;
    const owner = statSync(statIsThere(path) ? path : directory);
    writeFileAtomic(path, `${JSON.stringify(changed, undefined, "\t")}\n`, { durable: true, mode: 0o600 });
    giveTo(path, owner);
  } finally {
    closeSync(lock);
  }
}

function resolveLink(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return path;
    throw fileSystemError(error, "find", path);
  }
}

function openDirectory(path: string): number {
  try {
    return openSync(path, "r");
  } catch (error) {
    throw fileSystemError(error, "open the directory", path);
  }
}

function statIsThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** With sudo, root writes a file that its user must still be able to read. */
function giveTo(path: string, { uid, gid }: { readonly uid: number; readonly gid: number }): void {
  const written = statSync(path);
  if (written.uid === uid && written.gid === gid) return;
  try {
    chownSync(path, uid, gid);
  } catch (error) {
    if (errnoOf(error) !== "EPERM") throw fileSystemError(error, "give back to its owner", path);
  }
}

function held(path: string): EngineError {
  return new EngineError("busy", `cannot change "${path}": another program has locked its directory`);
}

export function parseObject(text: string): JsonObject | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

/** An own member of an object whose keys come from a file. */
export function member(object: JsonObject | undefined, name: string): unknown {
  return object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined;
}

/** The same when it is text that is not empty. */
export function textMember(object: JsonObject | undefined, name: string): string | undefined {
  const value = member(object, name);
  return typeof value === "string" && value !== "" ? value : undefined;
}
