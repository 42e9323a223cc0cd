import type { SeenMount } from "../../host/index.ts";

/**
 * What is seen at each mount point: file system, source, options and propagation. Of mounts on top of each other the
 * topmost one, which is the last, is what a process sees.
 */
export function describeMounts(mounts: readonly SeenMount[]): ReadonlyMap<string, string> {
  return new Map(mounts.map((mount) => [mount.point, describeMount(mount)]));
}

/** A mount in words, without its point: `ext4 /dev/sda1 /srv rw,relatime shared`. */
export function describeMount({ part, type, source, options, propagation }: SeenMount): string {
  return [`${type} ${source}${part === "/" ? "" : ` ${part}`}`, options, ...propagation].join(" ");
}
