import { join } from "node:path";
import { readFileIfExists } from "../base/index.ts";
import type { DelegatedUnit, GroupPlan } from "./cgroupPlan.ts";
import { containersGroup } from "./groupPath.ts";

/** The groups in that of a unit: one that gives controllers to others can hold no process itself (cgroups(7)). */
export interface UnitGroups {
  readonly containers: string;
  /** Of monitors that the end of their caller's service must not end. */
  readonly monitors: string;
  /** Of the process that keeps the unit. */
  readonly keeper: string;
}

export function unitGroups({ directory }: Pick<DelegatedUnit, "directory">): UnitGroups {
  return {
    containers: join(directory, containersGroup),
    monitors: join(directory, "monitors"),
    keeper: join(directory, "keeper"),
  };
}

/** The plan when systemd gives nothing: every group above the container's is ours to make. Pure. */
export function withoutUnit<Plan extends GroupPlan>(plan: Plan): Plan {
  const enable = plan.parents.at(-1)?.enable ?? [];
  return { ...plan, parents: plan.parents.map(({ directory }) => ({ directory, enable })) };
}

/**
 * What systemd-run(1) is told: a service that lasts, since systemd removes the group of one that has no process. What
 * limits services by default is not the containers' (`TasksMax`), nor is what ends one of them the unit's
 * (`OOMPolicy`). Stopping it would take the groups from under the containers (`RefuseManualStop`, `KillMode`), and it must not
 * wait for anything, because containers are started early too (`DefaultDependencies`).
 */
export function unitArguments(
  { name, slice }: Pick<DelegatedUnit, "name" | "slice">,
  sleep: string,
): readonly string[] {
  const properties = [
    "Type=exec",
    "Delegate=yes",
    "DefaultDependencies=no",
    "TasksMax=infinity",
    "OOMPolicy=continue",
    "OOMScoreAdjust=-999",
    "KillMode=process",
    "RefuseManualStop=yes",
    "CollectMode=inactive-or-failed",
  ];
  return [
    "--quiet",
    `--unit=${name}`,
    `--slice=${slice}`,
    `--description=Control groups of brig's containers in ${slice}`,
    ...properties.map((property) => `--property=${property}`),
    "--",
    sleep,
    "infinity",
  ];
}

/** Whether systemd has the unit. Only the process that keeps it tells: its group may have been made by hand. */
export function isKept(unit: Pick<DelegatedUnit, "directory">): boolean {
  return (readFileIfExists(join(unitGroups(unit).keeper, "cgroup.procs")) ?? "") !== "";
}
