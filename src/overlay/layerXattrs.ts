import { EngineError } from "../base/index.ts";
import { quoteName } from "./byteString.ts";
import type { TarEntry, Xattr } from "./tarEntry.ts";

const aclNames: readonly string[] = ["system.posix_acl_access", "system.posix_acl_default"];

/**
 * The extended attributes of an entry that reach the disk: `user.*`, POSIX ACLs and file capabilities, where the
 * kernel takes them (xattr(7)). Everything else is dropped: overlay's own attributes would steer the mount, labels of
 * security modules belong to the host, and no container sees `trusted.*`.
 *
 * @throws EngineError `malformedLayer` for a file capability that the kernel would not understand.
 */
export function selectXattrs(entry: TarEntry): readonly Xattr[] {
  if (entry.xattrs.length === 0 || entry.type === "symlink") return [];
  return entry.xattrs.filter((xattr) => isKept(xattr, entry));
}

function isKept({ name, value }: Xattr, entry: TarEntry): boolean {
  const isFile = entry.type === "file" || entry.type === "hardlink";
  if (name === "security.capability") {
    if (isFile && !isFileCapability(value)) {
      throw new EngineError(
        "malformedLayer",
        `cannot unpack the layer entry ${quoteName(entry.path)}: its file capabilities are malformed`,
      );
    }
    return isFile;
  }
  if (aclNames.includes(name)) return name === "system.posix_acl_access" || entry.type === "dir";
  return (
    name.startsWith("user.") && name.length > 5 && !name.startsWith("user.overlay.") && (isFile || entry.type === "dir")
  );
}

/** Revision 2 (20 bytes) or 3 (24, with the root id of a user namespace) of struct vfs_cap_data, capabilities(7). */
function isFileCapability(value: Buffer): boolean {
  if (value.length !== 20 && value.length !== 24) return false;
  const magic = value.readUInt32LE(0);
  const revision = value.length === 20 ? 0x0200_0000 : 0x0300_0000;
  return magic === revision || magic === revision + 1;
}
