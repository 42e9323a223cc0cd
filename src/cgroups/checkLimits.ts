import { EngineError } from "../base/index.ts";
import type { HostFacts } from "../host/index.ts";
import type { ResourceLimits } from "./resourceLimits.ts";

/** Below this no process can be started in a group. */
const minimumMemoryBytes = 6 * 1024 * 1024;

/** A rule: when `broken`, the sentence, which is Docker's because scripts match on it. */
type Rule = readonly [broken: boolean, sentence: string];

/**
 * Refuses limits that are below Docker's minimums or contradict each other. What the host offers is checked when the
 * group is planned.
 *
 * @throws EngineError `invalidValue` with Docker's sentence.
 */
export function checkLimits(limits: ResourceLimits, { cpuCount }: Pick<HostFacts, "cpuCount">): void {
  for (const [broken, sentence] of [...memoryRules(limits), ...cpuRules(limits, cpuCount), ...otherRules(limits)]) {
    if (broken) throw new EngineError("invalidValue", sentence);
  }
}

function memoryRules(limits: ResourceLimits): readonly Rule[] {
  const memory = limits.memoryBytes ?? 0;
  const swap = limits.memorySwapBytes ?? 0;
  const reservation = limits.memoryReservationBytes ?? 0;
  return [
    [memory !== 0 && memory < minimumMemoryBytes, "Minimum memory limit allowed is 6MB"],
    [memory > 0 && swap > 0 && swap < memory, "Minimum memoryswap limit should be larger than memory limit, see usage"],
    [memory === 0 && swap > 0, "You should always set the Memory limit when using Memoryswap limit, see usage"],
    [swap < -1, "the memory and swap limit must be -1 or a size"],
    [reservation !== 0 && reservation < minimumMemoryBytes, "Minimum memory reservation allowed is 6MB"],
    [
      memory > 0 && reservation > 0 && memory < reservation,
      "Minimum memory limit can not be less than memory reservation limit, see usage",
    ],
  ];
}

function cpuRules(limits: ResourceLimits, cpuCount: number): readonly Rule[] {
  const cpus = limits.cpus ?? 0;
  const period = limits.cpuPeriodUs ?? 0;
  const quota = limits.cpuQuotaUs ?? 0;
  const shares = limits.cpuShares ?? 0;
  return [
    [cpus > 0 && period > 0, "Conflicting options: Nano CPUs and CPU Period cannot both be set."],
    [cpus > 0 && quota > 0, "Conflicting options: Nano CPUs and CPU Quota cannot both be set."],
    [
      !(cpus >= 0 && cpus <= cpuCount) || (cpus > 0 && cpus < 0.01),
      `range of CPUs is from 0.01 to ${cpuCount}.00, as there are only ${cpuCount} CPUs available`,
    ],
    [
      period !== 0 && (period < 1000 || period > 1_000_000),
      "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)",
    ],
    [quota > 0 && quota < 1000, "CPU cfs quota can not be less than 1ms (i.e. 1000)"],
    [shares < 0, `invalid CPU shares (${shares}): value must be a positive integer`],
  ];
}

function otherRules(limits: ResourceLimits): readonly Rule[] {
  const weight = limits.blkioWeight ?? 0;
  const rates = [limits.deviceReadBps, limits.deviceWriteBps, limits.deviceReadIops, limits.deviceWriteIops];
  const bad = rates.flatMap((list) => list ?? []).find(({ rate }) => !Number.isSafeInteger(rate) || rate < 0);
  return [
    [weight !== 0 && (weight < 10 || weight > 1000), "Range of blkio weight is from 10 to 1000"],
    [bad !== undefined, `invalid rate "${bad?.rate}" for the device "${bad?.path}"`],
  ];
}
