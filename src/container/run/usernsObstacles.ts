import { join } from "node:path";
import { type HostFacts, offers } from "../../host/index.ts";
import type { UsernsReason } from "../../namespaces/index.ts";
import { idmapObstacles } from "../spec/runFacts.ts";
import { volumeContent } from "../state/volumes.ts";
import type { NamedMount, ShownMount } from "./resolveMounts.ts";

/** Why a user namespace of the container's own would not work here, whatever its options are. */
export function usernsObstacles(
  mounts: readonly ShownMount[],
  { root, host }: { readonly root: string; readonly host: HostFacts },
): readonly UsernsReason[] {
  const missing = (["userNamespace", "idmap", "overlayIdmap"] as const).filter((name) => !offers(host.features, name));
  const sources = [
    { path: join(root, "containers"), option: "the data root" },
    ...mounts.flatMap((mount) => mountedPaths(root, mount)),
  ];
  const kernel = missing.map((name) => ({ option: "this machine", why: `its kernel refuses ${name}` }));
  const none = host.userNamespacesMax === 0 ? [{ option: "this machine", why: "user.max_user_namespaces is 0" }] : [];
  return [...none, ...kernel, ...idmapObstacles(sources), ...mounts.flatMap(foreignVolume)];
}

function mountedPaths(
  root: string,
  { mount, shown }: ShownMount,
): readonly { readonly path: string; readonly option: string }[] {
  if (mount.kind === "bind") return [{ path: mount.source, option: `the mount of "${mount.source}"` }];
  if (shown?.kind === "bind") return [{ path: shown.path, option: volumeOption(mount) }];
  return shown?.kind === "directory" ? [{ path: volumeContent(root, nameOf(mount)), option: "the volumes" }] : [];
}

function nameOf(mount: NamedMount): string {
  return (mount.kind === "volume" ? mount.name : undefined) ?? "";
}

function volumeOption(mount: NamedMount): string {
  return `the volume "${nameOf(mount)}"`;
}

/** File systems of devices whose ids can be mapped on every kernel that brig runs on (mount_setattr(2), "ID-mapped mounts"). */
const mappable: ReadonlySet<string> = new Set(["btrfs", "erofs", "exfat", "ext4", "f2fs", "vfat", "xfs"]);

function foreignVolume({ mount, shown }: ShownMount): readonly UsernsReason[] {
  if (shown?.kind !== "device" || mappable.has(shown.type)) return [];
  return [{ option: volumeOption(mount), why: `${shown.type} takes no id map` }];
}
