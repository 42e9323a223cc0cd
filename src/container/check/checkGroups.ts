import { join } from "node:path";
import { readFileIfExists } from "../../base/index.ts";
import { containersDirectory } from "../../cgroups/index.ts";
import { endStaleGroup } from "../lifecycle/staleGroup.ts";
import { listContainerIds } from "../state/containerIds.ts";
import { isKept } from "../state/liveState.ts";
import { removeEmptyGroup } from "../state/removeGroup.ts";
import { readTolerantRecord } from "./checkContainers.ts";
import { containersInUse } from "./checkProcesses.ts";
import type { CheckScene, Finding } from "./finding.ts";
import { entriesOf, isAccountedFor } from "./traces.ts";

/** Groups of containers that do not run, and of containers that nobody knows. */
export function leftoverGroups(scene: CheckScene): readonly Finding[] {
  return [...ownGroups(scene), ...unknownGroups(scene)];
}

function ownGroups(scene: CheckScene): readonly Finding[] {
  return listContainerIds(scene.root).flatMap((id) => {
    const group = readTolerantRecord(scene.root, id)?.cgroup;
    if (group === undefined || readFileIfExists(join(group, "cgroup.events")) === undefined) return [];
    if (isKept({ ...scene, id })) return [];
    return {
      object: group,
      sentence: `the group of container ${id.slice(0, 12)} is there although it does not run`,
      repair: {
        does: "ends what is left in the group and removes it",
        apply: () => endStaleGroup({ ...scene, id, group }),
      },
    };
  });
}

/**
 * Other data roots have their groups in the same place, so a leftover may be theirs. One without processes is nobody's when also no monitor on this
 * machine, of whatever root, has that container's directory open.
 */
function unknownGroups(scene: CheckScene): readonly Finding[] {
  const parent = containersDirectory(scene.probeHost().cgroup);
  const ids = parent === undefined ? [] : entriesOf(parent).filter((name) => /^[0-9a-f]{64}$/.test(name));
  const strangers = ids.filter((id) => !isAccountedFor(scene.root, id));
  const used = strangers.length === 0 ? new Set<string>() : containersInUse();
  return strangers.flatMap((id) => {
    const group = join(parent ?? "", id);
    const events = readFileIfExists(join(group, "cgroup.events"));
    if (events === undefined || !events.includes("populated 0") || used.has(id)) return [];
    return {
      object: group,
      sentence: "the group has no processes, and no container of this data root",
      harmless: true,
      repair: { does: "removes the group", apply: () => removeEmptyGroup(group) },
    };
  });
}
