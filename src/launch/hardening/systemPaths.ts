import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { errnoOf } from "../../base/index.ts";

/**
 * Kernel files that tell about the host or its other users, or reach hardware: firmware, sensors and power meters that
 * leak what other containers do (CVE-2020-8694), keys, memory, timers, schedulers.
 */
const maskedEverywhere: readonly string[] = [
  "/proc/acpi",
  "/proc/asound",
  "/proc/interrupts",
  "/proc/kcore",
  "/proc/keys",
  "/proc/latency_stats",
  "/proc/sched_debug",
  "/proc/scsi",
  "/proc/timer_list",
  "/proc/timer_stats",
  "/sys/devices/virtual/powercap",
  "/sys/firmware",
  "/sys/fs/selinux",
];

const readonlyEverywhere: readonly string[] = [
  "/proc/bus",
  "/proc/fs",
  "/proc/irq",
  "/proc/sys",
  "/proc/sysrq-trigger",
];

export interface SystemPaths {
  readonly masked: readonly string[];
  readonly readonly: readonly string[];
}

export interface SystemPathsRequest {
  readonly privileged: boolean;
  /** `--security-opt systempaths=unconfined`. */
  readonly unconfined: boolean;
  /** The processors whose heat can be read, from `processorsWithThermalThrottle`. */
  readonly processors: readonly number[];
}

/**
 * The paths to hide and to make read-only in a container (runtime-spec config-linux.md). Pure. What a kernel does not
 * have is no error for the helper.
 */
export function systemPaths({ privileged, unconfined, processors }: SystemPathsRequest): SystemPaths {
  if (privileged || unconfined) return { masked: [], readonly: [] };
  const throttles = processors.map((processor) => `/sys/devices/system/cpu/cpu${processor}/thermal_throttle`);
  return { masked: [...maskedEverywhere, ...throttles], readonly: readonlyEverywhere };
}

/** The numbers of the processors that have a `thermal_throttle` directory below `sysfs`. */
export function processorsWithThermalThrottle(sysfs = "/sys"): readonly number[] {
  const directory = join(sysfs, "devices/system/cpu");
  return processorNames(directory)
    .filter((name) => existsSync(join(directory, name, "thermal_throttle")))
    .map((name) => Number(name.slice("cpu".length)))
    .sort((a, b) => a - b);
}

function processorNames(directory: string): readonly string[] {
  try {
    return readdirSync(directory).filter((name) => /^cpu\d{1,6}$/.test(name));
  } catch (error) {
    // Without sysfs there is nothing to hide.
    if (errnoOf(error) === "ENOENT") return [];
    throw error;
  }
}
