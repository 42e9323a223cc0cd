import { existsSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "../../base/index.ts";
import type { FilledOptions } from "../fillDefaults.ts";
import type { MountRequest } from "../runOptions.ts";
import type { ResolvedMount } from "../spec/userMounts.ts";
import { newVolumeName, volumeContent } from "../state/volumes.ts";

/** A mount whose volume has a name, but which has not been reserved. */
export type NamedMount = MountRequest & { readonly volume?: { readonly name: string; readonly anonymous: boolean } };

/** Names every volume: those of the user, and one for each VOLUME of the image. Makes nothing. */
export function nameMounts(options: FilledOptions, imageVolumes: readonly string[]): readonly NamedMount[] {
  const wanted: readonly MountRequest[] = [
    ...options.mounts,
    ...imageVolumes.map((target) => ({ kind: "volume", target, readOnly: false, noCopy: false }) as const),
  ];
  return wanted.map((mount): NamedMount => {
    if (mount.kind !== "volume") return mount;
    const { name } = mount;
    return {
      ...mount,
      volume: name === undefined ? { name: newVolumeName(), anonymous: true } : { name, anonymous: false },
    };
  });
}

/**
 * Finds the sources of the mounts. `claim` says whether a volume is to be filled from the image.
 *
 * @throws EngineError `invalidValue` with Docker's sentence for a bind whose source does not exist.
 */
export function resolveMounts(
  root: string,
  mounts: readonly NamedMount[],
  claim: (name: string) => boolean,
): readonly ResolvedMount[] {
  return mounts.map((mount): ResolvedMount => {
    if (mount.kind === "tmpfs") return { kind: "tmpfs", target: mount.target, options: mount.options };
    if (mount.kind === "bind") {
      requireSource(mount.source);
      const { source, target, readOnly, recursive, propagation } = mount;
      return { kind: "bind", source, target, readOnly, recursive, propagation };
    }
    const { name, anonymous } = mount.volume ?? { name: "", anonymous: false };
    const { target, readOnly, subpath } = mount;
    // A part of a volume that is still to be filled would be looked for before it is there.
    const claimed = claim(name);
    const copyUp = claimed && !mount.noCopy && subpath === undefined;
    const content = volumeContent(root, name);
    return {
      kind: "volume",
      name,
      source: subpath === undefined ? content : join(content, subpath),
      target,
      readOnly,
      anonymous,
      copyUp,
    };
  });
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
