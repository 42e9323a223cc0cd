import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { errnoOf, fileSystemError, makeDirectory } from "../../base/index.ts";
import { readRecord, writeRecord } from "./jsonRecord.ts";

/** `volumes/<name>/volume.json`. */
export interface VolumeRecord {
  readonly version: 1;
  readonly name: string;
  readonly driver: "local";
  /** RFC 3339. */
  readonly created: string;
  /** Made for one container and removed with it. */
  readonly anonymous: boolean;
}

/** 64 hexadecimal digits, as Docker names volumes that were given no name. */
export function newVolumeName(): string {
  return randomBytes(32).toString("hex");
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
  /** The container it is made for. */
  readonly id: string;
  readonly now: Date;
}

/**
 * Makes a volume unless it exists: a whole directory that becomes visible by one rename(2). Returns whether it was made
 * by this call. `unused` in it says that no container has filled it yet (`claimFirstUse`).
 */
export function ensureVolume({ root, name, anonymous, id, now }: VolumeRequest): boolean {
  const directory = volumeDirectory(root, name);
  const fresh = join(root, "volumes", `.${id}.${randomBytes(6).toString("hex")}`);
  if (readRecord(join(directory, "volume.json")) !== undefined) return false;
  makeDirectory(join(root, "volumes"));
  try {
    mkdirSync(join(fresh, "_data"), { recursive: true, mode: 0o755 });
    mkdirSync(join(fresh, "unused"));
    const record: VolumeRecord = { version: 1, name, driver: "local", created: now.toISOString(), anonymous };
    writeRecord(join(fresh, "volume.json"), record, { durable: true });
    renameSync(fresh, directory);
    return true;
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    // Somebody else made it at the same time; rename(2) does not replace a directory that is not empty.
    if (errnoOf(error) === "ENOTEMPTY" || errnoOf(error) === "EEXIST") return false;
    throw fileSystemError(error, "make the volume", directory);
  }
}

/**
 * Claims the right to fill a volume with the image's content for one container. Only the first container that uses a
 * volume gets it, and only while the volume is empty (CVE-2020-1726: a filled volume was overwritten). Ended by
 * `finishFirstUse`, or given back with `abandonFirstUse` when the container did not start.
 */
export function claimFirstUse(root: string, name: string, id: string): boolean {
  if (!moveMark(root, name, { from: "unused", to: `filling.${id}` })) return false;
  if (readdirSync(volumeContent(root, name)).length === 0) return true;
  finishFirstUse(root, name, id);
  return false;
}

export function finishFirstUse(root: string, name: string, id: string): void {
  rmSync(join(volumeDirectory(root, name), `filling.${id}`), { recursive: true, force: true });
}

export function abandonFirstUse(root: string, name: string, id: string): void {
  moveMark(root, name, { from: `filling.${id}`, to: "unused" });
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
  const gone = join(root, "volumes", `.${id}.${name}`);
  try {
    renameSync(volumeDirectory(root, name), gone);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw fileSystemError(error, "remove the volume", name);
  }
  return existsSync(gone) ? gone : undefined;
}

/** Whether a volume that a container made has been used by no other since. */
export function isUnusedVolume(root: string, name: string): boolean {
  return existsSync(join(volumeDirectory(root, name), "unused"));
}

/** Directories of volumes that a container's maker left half-made or half-removed. */
export function leftoverVolumes(root: string, id: string): readonly string[] {
  const directory = join(root, "volumes");
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => name.startsWith(`.${id}.`))
    .map((name) => join(directory, name));
}
