/** The constants that plans may name (clone(2), mount_setattr(2), mount(2)); the helper takes their numbers. */
const constants: ReadonlyMap<string, number> = new Map(
  Object.entries({
    CLONE_NEWTIME: 0x80,
    CLONE_NEWNS: 0x0002_0000,
    CLONE_NEWCGROUP: 0x0200_0000,
    CLONE_NEWUTS: 0x0400_0000,
    CLONE_NEWIPC: 0x0800_0000,
    CLONE_NEWUSER: 0x1000_0000,
    CLONE_NEWPID: 0x2000_0000,
    CLONE_NEWNET: 0x4000_0000,
    MOUNT_ATTR_RDONLY: 0x1,
    MOUNT_ATTR_NOSUID: 0x2,
    MOUNT_ATTR_NODEV: 0x4,
    MOUNT_ATTR_NOEXEC: 0x8,
    MOUNT_ATTR_NOATIME: 0x10,
    MOUNT_ATTR_STRICTATIME: 0x20,
    MOUNT_ATTR_NODIRATIME: 0x80,
    MOUNT_ATTR_IDMAP: 0x0010_0000,
    MOUNT_ATTR_NOSYMFOLLOW: 0x0020_0000,
    MS_PRIVATE: 0x0004_0000,
    MS_SLAVE: 0x0008_0000,
    MS_SHARED: 0x0010_0000,
  }),
);

/** Fields whose values are names of constants. */
export const flagFields: ReadonlySet<string> = new Set(["flag", "attribute", "set", "propagation"]);

/**
 * The union of the constants with these names.
 *
 * @throws Error for a name that no plan may spell.
 */
export function flagBits(names: readonly string[]): number {
  return names.reduce((bits, name) => {
    const value = constants.get(name);
    if (value === undefined) throw new Error(`a plan names an unknown constant: ${JSON.stringify(name)}`);
    return bits | value;
  }, 0);
}
