import { isKept, withoutUnit } from "../../cgroups/index.ts";
import type { LaunchRequest } from "../../launch/index.ts";
import type { RunObserver } from "../runReports.ts";

/**
 * Where systemd owns the groups, asks for the unit that holds the container's. Where it gives none, the container has a group
 * all the same, and the observer hears of it. Returns what the launch has otherwise than planned.
 */
export async function placeGroup(
  { cgroup }: Pick<LaunchRequest, "cgroup">,
  { onNotice }: Pick<RunObserver, "onNotice">,
): Promise<Pick<LaunchRequest, "cgroup">> {
  if (cgroup?.unit === undefined || isKept(cgroup.unit)) return {};
  const { keepUnit } = await import("./keepUnit.ts");
  if (await keepUnit(cgroup.unit)) return {};
  onNotice?.(`systemd gave no group for ${cgroup.unit.name}: it may take the limits away (see brig doctor)`);
  return { cgroup: withoutUnit(cgroup) };
}
