import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  corruptRecord,
  errnoOf,
  failPoint,
  fileSystemError,
  listNames,
  makeDirectory,
  randomHex,
  readRecord,
  writeRecord,
} from "../../base/index.ts";
import { readVolumeUsers } from "./volumeUsers.ts";

/** `volumes/<name>/volume.json`. */
export interface VolumeRecord {
  readonly version: 1;
  readonly name: string;
  readonly driver: "local";
  /** RFC 3339. */
  readonly created: string;
  /** Made without a name; see RecordedMount. */
  readonly anonymous: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  /** Options of the local driver: `type`, `o`, `device`. */
  readonly options?: Readonly<Record<string, string>>;
}

/** The record of a volume; undefined when there is none. @throws EngineError `storeCorrupt`. */
export function readVolumeRecord(root: string, name: string): VolumeRecord | undefined {
  const path = join(volumeDirectory(root, name), "volume.json");
  const record = readRecord(path);
  if (record === undefined) return undefined;
  if (record.version !== 1 || typeof record.name !== "string" || typeof record.created !== "string") {
    throw corruptRecord(path);
  }
  // The engine wrote the file in a directory of its own; the check above is against damage, not against strangers.
  return record as unknown as VolumeRecord;
}

/** Names of all volumes, in the order of the alphabet. */
export function listVolumeNames(root: string): readonly string[] {
  return listNames(join(root, "volumes"))
    .filter((name) => !name.startsWith("."))
    .sort();
}

/** 64 hexadecimal digits, as Docker names volumes that were given no name. */
export function newVolumeName(): string {
  return randomHex(32);
}

export function volumeDirectory(root: string, name: string): string {
  return join(root, "volumes", name);
}

/** The directory that containers see. */
export function volumeContent(root: string, name: string): string {
  return join(volumeDirectory(root, name), "_data");
}

export interface VolumeRequest {
  readonly root: string;
  readonly name: string;
  readonly anonymous: boolean;
  /** The container it is made for, or another word that names what is half-made. */
  readonly id: string;
  readonly now: Date;
  readonly labels?: ReadonlyMap<string, string>;
  readonly options?: ReadonlyMap<string, string>;
}

/**
 * Makes a volume unless it exists: a whole directory that becomes visible by one rename(2). Returns whether it was made
 * by this call. `unused` in it says that no container has filled it yet (`claimFirstUse`).
 */
export function ensureVolume(request: VolumeRequest): boolean {
  const { root, name, id } = request;
  const directory = volumeDirectory(root, name);
  const fresh = join(root, "volumes", `.${id}.${randomHex(6)}`);
  if (readRecord(join(directory, "volume.json")) !== undefined) return false;
  makeDirectory(join(root, "volumes"));
  try {
    mkdirSync(join(fresh, "_data"), { recursive: true, mode: 0o755 });
    mkdirSync(join(fresh, "unused"));
    writeRecord(join(fresh, "volume.json"), recordOf(request), { durable: true });
    failPoint("volume.written");
    renameSync(fresh, directory);
    failPoint("volume.renamed");
    return true;
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    // Somebody else made it at the same time; rename(2) does not replace a directory that is not empty.
    if (errnoOf(error) === "ENOTEMPTY" || errnoOf(error) === "EEXIST") return false;
    throw fileSystemError(error, "make the volume", directory);
  }
}

function recordOf({ name, anonymous, now, labels, options }: VolumeRequest): VolumeRecord {
  return {
    version: 1,
    name,
    driver: "local",
    created: now.toISOString(),
    anonymous,
    ...(labels === undefined || labels.size === 0 ? {} : { labels: membersOf(labels) }),
    ...(options === undefined || options.size === 0 ? {} : { options: membersOf(options) }),
  };
}

/** Without a prototype, so that a key called `__proto__` is an ordinary one. */
function membersOf(map: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  return Object.assign(Object.create(null), Object.fromEntries(map));
}

/**
 * Claims the right to fill a volume with the image's content for one container. Only the first container that uses a
 * volume gets it, and only while the volume is empty (CVE-2020-1726: a filled volume was overwritten). Ended by the
 * container's monitor when its process is executed, or given back with `abandonFirstUse` when that never was.
 */
export function claimFirstUse(root: string, name: string, id: string): boolean {
  if (!moveMark(root, name, { from: "unused", to: `filling.${id}` })) return false;
  if (readdirSync(volumeContent(root, name)).length === 0) return true;
  rmdirSync(firstUseMark(root, name, id));
  return false;
}

/** A directory that is there from `claimFirstUse` until the container's process is executed. */
export function firstUseMark(root: string, name: string, id: string): string {
  return join(volumeDirectory(root, name), `filling.${id}`);
}

/** Gives the right to fill a volume to whoever uses it next; does nothing when `id` does not have it. */
export function abandonFirstUse(root: string, name: string, id: string): void {
  renewContent(root, name, id);
  moveMark(root, name, { from: `filling.${id}`, to: "unused" });
}

/**
 * Gives a volume whose filling by `id` was cut off an empty directory, unless another container put something there.
 * Returns whether `id` is still to fill it. What was there becomes one of `leftoverVolumes` of `id`.
 */
export function renewContent(root: string, name: string, id: string): boolean {
  if (!existsSync(firstUseMark(root, name, id))) return false;
  const content = volumeContent(root, name);
  makeDirectory(content);
  if (readdirSync(content).length === 0) return true;
  if ((readVolumeUsers(root).get(name) ?? []).some((user) => user !== id)) return false;
  try {
    renameSync(content, join(root, "volumes", `.${id}.${randomHex(6)}`));
  } catch (error) {
    throw fileSystemError(error, "empty the volume", content);
  }
  makeDirectory(content);
  return true;
}

function moveMark(root: string, name: string, mark: { readonly from: string; readonly to: string }): boolean {
  const directory = volumeDirectory(root, name);
  try {
    renameSync(join(directory, mark.from), join(directory, mark.to));
    return true;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return false;
    throw fileSystemError(error, "mark the volume", directory);
  }
}

/**
 * Takes a volume out of sight under a name that only `id` uses, from where it
 * can be deleted piece by piece. Returns the directory to delete, or undefined when there is nothing to do.
 */
export function detachVolume(root: string, name: string, id: string): string | undefined {
  // The whole of a long name would be too much for one directory entry.
  const gone = join(root, "volumes", `.${id}.${name.slice(0, 64)}`);
  try {
    renameSync(volumeDirectory(root, name), gone);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw fileSystemError(error, "remove the volume", name);
  }
  return existsSync(gone) ? gone : undefined;
}

/** Marks volumes that nobody will want back (`leftoverVolumes`). */
export const condemnedVolumes = "condemned";

/** Gives a volume that `detachVolume` took away a name by which anyone may delete it. */
export function condemnVolume(root: string, detached: string): void {
  const condemned = join(root, "volumes", `.${condemnedVolumes}.${randomHex(8)}`);
  try {
    renameSync(detached, condemned);
  } catch (error) {
    throw fileSystemError(error, "remove the volume", detached);
  }
}

/** Puts back what `detachVolume` took away; nothing happens when there is a new volume with the name by now. */
export function attachVolumeAgain(root: string, name: string, detached: string): void {
  try {
    renameSync(detached, volumeDirectory(root, name));
  } catch (error) {
    if (errnoOf(error) !== "ENOTEMPTY" && errnoOf(error) !== "EEXIST") {
      throw fileSystemError(error, "put back the volume", name);
    }
  }
}

/** Whether a volume that a container made has been used by no other since. */
export function isUnusedVolume(root: string, name: string): boolean {
  return existsSync(join(volumeDirectory(root, name), "unused"));
}

/** Directories of volumes that a container's maker left half-made or half-removed. */
export function leftoverVolumes(root: string, id: string): readonly string[] {
  const directory = join(root, "volumes");
  return listNames(directory)
    .filter((name) => name.startsWith(`.${id}.`))
    .map((name) => join(directory, name));
}
