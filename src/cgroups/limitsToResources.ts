import type { HostFacts } from "../host/index.ts";
import type { SpecResources, SpecThrottleDevice } from "../oci/index.ts";
import { blockDeviceNumber } from "./blockDevice.ts";
import { checkLimits } from "./checkLimits.ts";
import type { DeviceRate, ResourceLimits } from "./resourceLimits.ts";

/** The period that a number of processors is turned into a quota of; Docker's. */
const periodUs = 100_000;

/**
 * Translates Docker's limits to the resources of the runtime specification, all but the devices. Looks up the device
 * numbers of `--device-*-bps` and `--device-*-iops`; otherwise pure.
 *
 * @throws EngineError `invalidValue` for limits below the minimum, contradictions and what is no block device.
 */
export function limitsToResources(
  limits: ResourceLimits,
  facts: Pick<HostFacts, "cpuCount">,
): Omit<SpecResources, "devices"> {
  checkLimits(limits, facts);
  return {
    ...whole("memory", {
      limit: positive(limits.memoryBytes),
      reservation: positive(limits.memoryReservationBytes),
      swap: limits.memorySwapBytes === 0 ? undefined : limits.memorySwapBytes,
    }),
    ...whole("cpu", {
      shares: positive(limits.cpuShares),
      ...(limits.cpus ? { quota: Math.round(limits.cpus * periodUs), period: periodUs } : quotaOf(limits)),
      cpus: limits.cpusetCpus || undefined,
      mems: limits.cpusetMems || undefined,
    }),
    ...(limits.pidsLimit === undefined ? {} : { pids: { limit: limits.pidsLimit } }),
    ...whole("blockIO", {
      weight: positive(limits.blkioWeight),
      throttleReadBpsDevice: throttles(limits.deviceReadBps),
      throttleWriteBpsDevice: throttles(limits.deviceWriteBps),
      throttleReadIOPSDevice: throttles(limits.deviceReadIops),
      throttleWriteIOPSDevice: throttles(limits.deviceWriteIops),
    }),
    ...(limits.cgroupConf === undefined || limits.cgroupConf.size === 0
      ? {}
      : { unified: Object.fromEntries(limits.cgroupConf) }),
  };
}

/** Zero means "not limited" in Docker's API. */
function positive(value: number | undefined): number | undefined {
  return value === undefined || value === 0 ? undefined : value;
}

function quotaOf(limits: ResourceLimits): { readonly quota: number | undefined; readonly period: number | undefined } {
  return { quota: positive(limits.cpuQuotaUs), period: positive(limits.cpuPeriodUs) };
}

function throttles(rates: readonly DeviceRate[] | undefined): readonly SpecThrottleDevice[] | undefined {
  if (rates === undefined || rates.length === 0) return undefined;
  return rates.map(({ path, rate }) => ({ ...blockDeviceNumber(path), rate }));
}

type Defined<Part> = { readonly [Key in keyof Part]?: Exclude<Part[Key], undefined> };

/** `{ [name]: part }` without undefined members, and nothing at all when no member is left. */
function whole<Name extends string, Part extends object>(
  name: Name,
  part: Part,
): { readonly [Key in Name]?: Defined<Part> } {
  const defined = Object.entries(part).filter(([, value]) => value !== undefined);
  // The entries are those of `part`, less the undefined ones, which is what Defined says.
  return defined.length === 0 ? {} : ({ [name]: Object.fromEntries(defined) } as { [Key in Name]: Defined<Part> });
}
