/** The flags of `run` that write a member of RunOptions, or of its `limits`, where the name alone does not say it. */
const flags: ReadonlyMap<string, string> = new Map([
  ["networks", "--network"],
  ["mounts", "--volume, --mount, --tmpfs"],
  ["ulimits", "--ulimit"],
  ["sysctls", "--sysctl"],
  ["labels", "--label"],
  ["devices", "--device"],
  ["addHosts", "--add-host"],
  ["dnsOptions", "--dns-option"],
  ["annotations", "--annotation"],
  ["links", "--link"],
  ["shmSizeBytes", "--shm-size"],
  ["stopTimeoutSec", "--stop-timeout"],
  ["timeoutSec", "--timeout"],
  ["pidFile", "--pidfile"],
  ["health", "--health-cmd"],
  ["logOptions", "--log-opt"],
  ["deviceRules", "--device-cgroup-rule"],
  ["limits.memoryBytes", "--memory"],
  ["limits.memorySwapBytes", "--memory-swap"],
  ["limits.memoryReservationBytes", "--memory-reservation"],
  ["limits.cpus", "--cpus"],
  ["limits.cpuShares", "--cpu-shares"],
  ["limits.cpuQuotaUs", "--cpu-quota"],
  ["limits.cpuPeriodUs", "--cpu-period"],
  ["limits.cpusetCpus", "--cpuset-cpus"],
  ["limits.cpusetMems", "--cpuset-mems"],
  ["limits.pidsLimit", "--pids-limit"],
  ["limits.blkioWeight", "--blkio-weight"],
  ["limits.deviceReadBps", "--device-read-bps"],
  ["limits.deviceWriteBps", "--device-write-bps"],
  ["limits.deviceReadIops", "--device-read-iops"],
  ["limits.deviceWriteIops", "--device-write-iops"],
  ["limits.cgroupConf", "--cgroup-conf"],
  ["limits.cgroupParent", "--cgroup-parent"],
]);

/** `readOnly` is written as `--read-only`. */
export function flagOf(option: string): string {
  return flags.get(option) ?? `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
