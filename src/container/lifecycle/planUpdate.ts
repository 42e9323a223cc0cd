import { EngineError } from "../../base/index.ts";
import { type CgroupWrite, type GroupPlan, limitsToResources, planCgroup } from "../../cgroups/index.ts";
import type { HostFacts } from "../../host/index.ts";
import type { SpecResources } from "../../oci/index.ts";
import type { FilledOptions } from "../fillDefaults.ts";
import type { Limits, RestartPolicy } from "../runOptions.ts";

/** What `update` can change; a member that is absent stays as it is, and so does a limit of 0. */
export interface ContainerChange {
  readonly limits?: UpdatedLimits;
  readonly restart?: RestartPolicy;
}

export type UpdatedLimits = Pick<
  Limits,
  | "memoryBytes"
  | "memorySwapBytes"
  | "memoryReservationBytes"
  | "cpus"
  | "cpuShares"
  | "cpuQuotaUs"
  | "cpuPeriodUs"
  | "cpusetCpus"
  | "cpusetMems"
  | "blkioWeight"
  | "pidsLimit"
>;

export interface UpdateFacts {
  readonly id: string;
  readonly options: FilledOptions;
  readonly host: HostFacts;
}

export interface PlannedUpdate {
  readonly options: FilledOptions;
  readonly resources: Omit<SpecResources, "devices">;
  /** The container's group as the next start makes it. */
  readonly group?: GroupPlan;
  /** What differs from now, in the order to write it. */
  readonly writes: readonly CgroupWrite[];
}

/**
 * Decides what an update changes. Pure but for the numbers of block devices that limits name.
 *
 * @throws EngineError `usage`, `invalidValue` with Docker's sentences, `controllerUnavailable`.
 */
export function planUpdate(change: ContainerChange, { id, options, host }: UpdateFacts): PlannedUpdate {
  if (options.remove && change.restart !== undefined && change.restart.policy !== "no") {
    throw refused(id, "Restart policy cannot be updated because AutoRemove is enabled for the container");
  }
  const wanted = withoutZeros(change.limits ?? {});
  const conflict = conflictOf(wanted, options.limits);
  if (conflict !== undefined) throw refused(id, conflict);
  const limits = { ...options.limits, ...wanted };
  const plan = (of: Limits) => {
    const resources = limitsToResources(of, host);
    const parent = of.cgroupParent === undefined ? {} : { parent: of.cgroupParent };
    return { resources, group: planCgroup({ id, resources: { ...resources, devices: [] }, facts: host, ...parent }) };
  };
  const { resources, group } = plan(limits);
  const now = new Set((plan(options.limits).group?.writes ?? []).map(({ file, value }) => `${file} ${value}`));
  return {
    options: { ...options, limits, ...(change.restart === undefined ? {} : { restart: change.restart }) },
    resources,
    ...(group === undefined ? {} : { group }),
    writes: (group?.writes ?? []).filter(({ file, value }) => !now.has(`${file} ${value}`)),
  };
}

function withoutZeros(limits: UpdatedLimits): UpdatedLimits {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== 0 && value !== ""));
}

/** What Docker refuses because of limits that the container has already. */
function conflictOf(wanted: UpdatedLimits, current: Limits): string | undefined {
  const { memoryBytes = 0, memorySwapBytes } = wanted;
  const swap = current.memorySwapBytes ?? 0;
  if (memorySwapBytes === undefined && swap > 0 && memoryBytes > swap) {
    return "Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time";
  }
  const has = (value: number | undefined): boolean => value !== undefined && value !== 0;
  if (has(wanted.cpus) && has(current.cpuPeriodUs)) {
    return "Conflicting options: Nano CPUs cannot be updated as CPU Period has already been set";
  }
  if (has(wanted.cpus) && has(current.cpuQuotaUs)) {
    return "Conflicting options: Nano CPUs cannot be updated as CPU Quota has already been set";
  }
  if (has(wanted.cpuPeriodUs) && has(current.cpus)) {
    return "Conflicting options: CPU Period cannot be updated as NanoCPUs has already been set";
  }
  if (has(wanted.cpuQuotaUs) && has(current.cpus)) {
    return "Conflicting options: CPU Quota cannot be updated as NanoCPUs has already been set";
  }
  return undefined;
}

function refused(id: string, why: string): EngineError {
  return new EngineError("invalidValue", `Cannot update container ${id}: ${why}`);
}
