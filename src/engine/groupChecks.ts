import type { DoctorCheck, HostFacts } from "../host/index.ts";
import type { Messages } from "../messages/index.ts";

/** Whether whoever owns the groups of this host leaves those of containers alone; nothing where nobody does. */
export async function groupChecks(
  { cgroup }: Pick<HostFacts, "cgroup">,
  words: Messages["doctor"],
): Promise<readonly DoctorCheck[]> {
  if (cgroup.manager === undefined) return [];
  const { checkUnit, seeUnit } = await import("../cgroups/index.ts");
  const sight = seeUnit(cgroup);
  return sight === undefined ? [] : [checkUnit(sight, words.delegation)];
}
