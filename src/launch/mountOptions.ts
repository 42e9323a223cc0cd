import type { SpecMount } from "../oci/index.ts";

/** The options of an OCI mount, sorted by who takes them (mount_setattr(2), fsconfig(2)). */
export interface MountOptions {
  /** `MOUNT_ATTR_*` names. */
  readonly attributes: readonly string[];
  /** `MS_PRIVATE`, `MS_SLAVE` or `MS_SHARED`; absent when the mount says nothing. */
  readonly propagation?: string;
  readonly recursive: boolean;
  /** What is left: options of the file system itself, `size=64m`. */
  readonly fileSystem: readonly string[];
}

const attributeNames = new Map(
  Object.entries({
    ro: "MOUNT_ATTR_RDONLY",
    nosuid: "MOUNT_ATTR_NOSUID",
    nodev: "MOUNT_ATTR_NODEV",
    noexec: "MOUNT_ATTR_NOEXEC",
    noatime: "MOUNT_ATTR_NOATIME",
    nodiratime: "MOUNT_ATTR_NODIRATIME",
    strictatime: "MOUNT_ATTR_STRICTATIME",
    nosymfollow: "MOUNT_ATTR_NOSYMFOLLOW",
  }),
);

/** The opposites take effect by undoing the option they negate; the rest of these is the kernel's default. */
const opposites = new Map(
  Object.entries({
    rw: "ro",
    suid: "nosuid",
    dev: "nodev",
    exec: "noexec",
    atime: "noatime",
  }),
);
const defaults = new Set([
  "defaults",
  "relatime",
  "diratime",
  "norelatime",
  "async",
  "bind",
  "rbind",
  "rro",
  "idmap",
  "ridmap",
]);

const propagationNames = new Map(
  Object.entries({
    private: "MS_PRIVATE",
    rprivate: "MS_PRIVATE",
    slave: "MS_SLAVE",
    rslave: "MS_SLAVE",
    shared: "MS_SHARED",
    rshared: "MS_SHARED",
  }),
);

/** Sorts the options of one OCI mount (runtime-spec config.md, "Mounts"); a later option beats an earlier opposite. */
export function sortMountOptions(mount: SpecMount): MountOptions {
  const attributes = new Set<string>();
  const fileSystem: string[] = [];
  let propagation: string | undefined;
  for (const option of mount.options) {
    const undone = opposites.get(option);
    if (attributeNames.has(option)) attributes.add(option);
    else if (undone !== undefined) attributes.delete(undone);
    else if (propagationNames.has(option)) propagation = propagationNames.get(option);
    else if (!defaults.has(option)) fileSystem.push(option);
  }
  return {
    attributes: [...attributes].map((name) => attributeNames.get(name) ?? name),
    ...(propagation === undefined ? {} : { propagation }),
    recursive: mount.options.includes("rbind"),
    fileSystem,
  };
}

/** Whether the mount shows an existing file or directory of the host rather than a new file system. */
export function isBind(mount: SpecMount): boolean {
  return mount.type === "bind" || mount.options.includes("bind") || mount.options.includes("rbind");
}
