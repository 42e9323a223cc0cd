import type { HelperOrder } from "../base/index.ts";

/** unshare(2). */
const newNetworkNamespace = 0x4000_0000;

/** MOUNT_ATTR_NOSUID, NODEV and NOEXEC (mount_setattr(2)). */
const harmless = 0x2 | 0x4 | 0x8;

/**
 * What the helper does to unpack a layer: a directory becomes its whole world, in a mount namespace with nothing else in it
 * and without a network, and there it makes what it reads from stdin (native/extract.c).
 */
export function planUnpacking(directory: string): readonly HelperOrder[] {
  return [
    { op: "privateMounts", fields: { flag: newNetworkNamespace } },
    { op: "openTree", fields: { as: "layer", path: directory, type: "directory" } },
    { op: "setTree", fields: { tree: "layer", set: harmless } },
    { op: "useRoot", fields: { tree: "layer" } },
    { op: "attachRoot", fields: {} },
    { op: "pivot", fields: {} },
    { op: "unpack", fields: { layer: 1 } },
  ];
}
