import { EngineError } from "../../base/index.ts";
import { type HostFacts, offers } from "../../host/index.ts";
import { type IdMaps, type NamespacePlan, ownIdCount } from "../../namespaces/index.ts";
import type { SpecMount } from "../../oci/index.ts";
import { printable } from "../options/singleLine.ts";
import type { BindIdMap, MountRequest } from "../runOptions.ts";
import { idmapObstacles } from "./runFacts.ts";

/**
 * The map of a mount in the words of the runtime specification (config.md, "Mounts"), which are the kernel's: from the
 * ids on disk to those that the host gives to the container's (mount_setattr(2), "ID-mapped mounts").
 */
export function mountMappings(
  { users, groups }: BindIdMap,
  ids: IdMaps | undefined,
): Required<Pick<SpecMount, "uidMappings" | "gidMappings">> {
  const first = ids?.uidMappings[0]?.hostID ?? 0;
  const mapped = (ranges: BindIdMap["users"]) =>
    ranges.map(({ containerID, hostID, size }) => ({ containerID: hostID, hostID: first + containerID, size }));
  return { uidMappings: mapped(users), gidMappings: mapped(groups) };
}

/**
 * Refuses maps that cannot be granted here, before anything is made.
 *
 * @throws EngineError `notOffered` where file system or kernel has no idmapped mounts; `invalidValue` for ids that the
 * container does not have; `usage` where its ids are not one range.
 */
export function requireMappable(
  mounts: readonly MountRequest[],
  { userns, usernsMode }: NamespacePlan,
  { host, ids }: { readonly host: HostFacts; readonly ids?: IdMaps },
): void {
  const count = ownIdCount(usernsMode);
  for (const mount of mounts) {
    if (mount.kind !== "bind" || mount.idMap === undefined) continue;
    const { source, idMap } = mount;
    const [obstacle] = idmapObstacles([{ path: source, option: "" }]);
    const why = offers(host.features, "idmap") ? obstacle?.why : "this kernel has no idmapped mounts";
    if (why !== undefined) {
      throw new EngineError("notOffered", `cannot map the ids of the files in ${printable(source)}: ${why}`, {
        hint: "leave out idmap=, or show a directory of a file system that takes one: ext4, xfs, btrfs, tmpfs",
      });
    }
    if ((ids?.uidMappings.length ?? 0) > 1 || (ids?.gidMappings.length ?? 0) > 1) {
      throw new EngineError("usage", "conflicting options: idmap= of a mount, and ids that are not one range", {
        hint: "leave out idmap=, or the mappings of --userns",
      });
    }
    const beyond = [...idMap.users, ...idMap.groups].find(({ containerID, size }) => containerID + size > count);
    if (userns === "own" && beyond !== undefined) {
      throw new EngineError(
        "invalidValue",
        `cannot map to the id ${beyond.containerID + beyond.size - 1}: the container's ids end at ${count - 1}`,
        { hint: "choose smaller ids, or use the host's ids with --userns=host" },
      );
    }
  }
}
