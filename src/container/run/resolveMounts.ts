import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { EngineError, errnoOf } from "../../base/index.ts";
import type { FilledOptions } from "../fillDefaults.ts";
import type { MountRequest } from "../runOptions.ts";
import { checkMountTarget, type ResolvedMount } from "../spec/userMounts.ts";
import { newVolumeName, readVolumeRecord, volumeContent } from "../state/volumes.ts";
import { parseLocalOptions, type VolumeSource } from "../volumes/localOptions.ts";
import type { NamedVolume } from "./reserveVolumes.ts";

/** A mount whose volume has a name, but which has not been reserved. */
export type NamedMount = MountRequest & { readonly volume?: NamedVolume };

/**
 * Names every volume: those of the user, those of other containers, and one for each VOLUME of the image. Makes nothing.
 * The user's own mount beats one of another container with the same target, and both beat the image's.
 */
export function nameMounts(
  options: Pick<FilledOptions, "mounts">,
  imageVolumes: readonly string[],
  inherited: readonly NamedMount[],
): readonly NamedMount[] {
  const own = new Set(options.mounts.map(({ target }) => target));
  const others = new Map(inherited.filter(({ target }) => !own.has(target)).map((mount) => [mount.target, mount]));
  const wanted: readonly MountRequest[] = [
    ...options.mounts,
    ...imageVolumes
      .filter((target) => !own.has(target) && !others.has(target))
      .map((target) => ({ kind: "volume", target, readOnly: false, noCopy: false }) as const),
  ];
  return [...wanted.map(nameMount), ...others.values()];
}

/** A mount, and what its volume shows by its record, or will show when it is made. */
export interface ShownMount {
  readonly mount: NamedMount;
  readonly shown?: VolumeSource;
}

/**
 * Looks up the volumes of mounts. Changes nothing.
 *
 * @throws EngineError `invalidValue`, `notOffered` for options that no volume can have, `storeCorrupt`.
 */
export function showVolumes(root: string, mounts: readonly NamedMount[]): readonly ShownMount[] {
  return mounts.map((mount) =>
    mount.kind === "volume" ? { mount, shown: volumeSource(root, mount.name ?? "", mount) } : { mount },
  );
}

/**
 * Refuses what no container may have: mounts over the kernel's file systems, of sources that are not there and that
 * nobody makes, and of parts that cannot be shown.
 *
 * @throws EngineError `invalidValue`, `notOffered`.
 */
export function checkMounts(mounts: readonly ShownMount[]): void {
  for (const { mount, shown } of mounts) {
    checkMountTarget(mount);
    if (mount.kind === "bind" && !mount.createSource) requireSource(mount.source);
    if (shown?.kind === "bind") requireVolumeSource(mount.kind === "volume" ? (mount.name ?? "") : "", shown.path);
    const subpath = mount.kind === "volume" ? mount.subpath : undefined;
    if (subpath === undefined || (shown?.kind !== "tmpfs" && shown?.kind !== "device")) continue;
    throw new EngineError("notOffered", `cannot show the part "${subpath}" of a volume with a file system of its own`);
  }
}

function nameMount(mount: MountRequest): NamedMount {
  if (mount.kind !== "volume") return mount;
  const { name, options, labels } = mount;
  const more = { ...(options === undefined ? {} : { options }), ...(labels === undefined ? {} : { labels }) };
  return {
    ...mount,
    volume:
      name === undefined ? { name: newVolumeName(), anonymous: true, ...more } : { name, anonymous: false, ...more },
  };
}

/**
 * Finds the sources of mounts that were checked (`checkMounts`). `claim` says whether a volume is to be filled from the
 * image.
 */
export function resolveMounts(
  root: string,
  mounts: readonly NamedMount[],
  claim: (name: string) => boolean,
): readonly ResolvedMount[] {
  return mounts.map((mount): ResolvedMount => {
    if (mount.kind === "tmpfs") return { kind: "tmpfs", target: mount.target, options: mount.options };
    if (mount.kind === "bind") {
      const { source, target, readOnly, recursive, propagation, idMap, relabel } = mount;
      const more = { ...(idMap === undefined ? {} : { idMap }), ...(relabel === undefined ? {} : { relabel }) };
      return { kind: "bind", source, target, readOnly, recursive, propagation, ...more };
    }
    return resolveVolume(root, mount, claim);
  });
}

function resolveVolume(
  root: string,
  mount: NamedMount & { readonly kind: "volume" },
  claim: (name: string) => boolean,
): ResolvedMount {
  const { name, anonymous } = mount.volume ?? { name: "", anonymous: false };
  const { target, readOnly, subpath } = mount;
  const shown = volumeSource(root, name, mount);
  if (shown.kind === "tmpfs" || shown.kind === "device") return newFileSystem(shown, mount);
  const content = shown.kind === "bind" ? shown.path : volumeContent(root, name);
  // A part of a volume that is still to be filled would be looked for before it is there.
  const fill = claim(name) && !mount.noCopy && subpath === undefined;
  return {
    kind: "volume",
    name,
    source: subpath === undefined ? content : join(content, subpath),
    ...(subpath === undefined ? {} : { part: { directory: content, part: subpath } }),
    target,
    readOnly: readOnly || (shown.kind === "bind" && shown.readOnly),
    anonymous,
    copyUp: fill && (shown.kind === "directory" || isEmpty(content)),
  };
}

function newFileSystem(
  shown: VolumeSource & { readonly kind: "tmpfs" | "device" },
  { target, readOnly }: NamedMount & { readonly kind: "volume" },
): ResolvedMount {
  const options = readOnly ? [...shown.options, "ro"] : shown.options;
  if (shown.kind === "tmpfs") return { kind: "tmpfs", target, options };
  return { kind: "device", target, type: shown.type, device: shown.device, options };
}

/** What a volume shows: by its record, or by what the mount asks for while there is no volume yet. */
export function volumeSource(
  root: string,
  name: string,
  wanted: { readonly options?: ReadonlyMap<string, string> },
): VolumeSource {
  const record = name === "" ? undefined : readVolumeRecord(root, name);
  const options = record === undefined ? wanted.options : new Map(Object.entries(record.options ?? {}));
  return parseLocalOptions(options ?? new Map());
}

/** A directory of the host that holds something is never written to (CVE-2020-1726). */
function isEmpty(directory: string): boolean {
  try {
    return readdirSync(directory).length === 0;
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return false; // a file, or one that may not be read: nothing to fill
  }
}

function requireVolumeSource(name: string, device: string): void {
  if (existsSync(device)) return;
  throw new EngineError(
    "invalidValue",
    `error while mounting volume '${name}': failed to mount local volume: mount ${device}: no such file or directory`,
    { hint: "make the directory that the volume shows" },
  );
}

function requireSource(source: string): void {
  if (existsSync(source)) return;
  throw new EngineError(
    "invalidValue",
    `invalid mount config for type "bind": bind source path does not exist: ${source}`,
    {
      hint: "make it first, or use -v, which makes a missing directory",
    },
  );
}
