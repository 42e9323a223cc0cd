import { EngineError, parseSize } from "../../../base/index.ts";
import { parseCgroupConf, parseDeviceBps, parseDeviceIops } from "../../../container/index.ts";
import type { Flag } from "../flag.ts";
import { parseCpus, parseInteger, parseUnsigned } from "../numbers.ts";
import { eachLimit, limit, option, type RunDraft } from "../runDraft.ts";
import { laterRelease } from "../sharedFlags.ts";

const windowsOnly = "it exists for containers on Windows only";
const noRealTime = "the cgroup v2 cpu controller has no real-time limits";

/** `--memory-swap` alone may be -1. */
function parseSwap(size: string): number {
  return size === "-1" ? -1 : parseSize(size, "--memory-swap");
}

function addCgroupConf(draft: RunDraft, setting: string): void {
  draft.limits.cgroupConf = new Map([...(draft.limits.cgroupConf ?? []), parseCgroupConf(setting)]);
}

/** The one value of `--isolation` that means anything here. */
function acceptDefaultIsolation(_draft: RunDraft, value: string): void {
  if (value === "default" || value === "") return;
  throw new EngineError("notOffered", `--isolation ${JSON.stringify(value)} is not available: ${windowsOnly}`);
}

/** How much of the machine a container may use. */
export const limitFlags: readonly Flag<RunDraft>[] = [
  {
    long: "blkio-weight",
    value: "uint16",
    text: "share of disk time against others, 10 to 1000",
    read: limit("blkioWeight", (weight) => parseUnsigned(weight, 65_535)),
  },
  {
    long: "blkio-weight-device",
    value: "list",
    repeatable: true,
    text: "share of one disk's time (device:weight)",
    unsupported: laterRelease,
  },
  {
    long: "cgroup-conf",
    value: "file=value",
    repeatable: true,
    text: "write a value to a cgroup v2 file (memory.high=48m)",
    read: addCgroupConf,
  },
  {
    long: "cgroup-parent",
    value: "string",
    text: "group to make the container's group in",
    read: limit("cgroupParent", (path) => path),
  },
  { long: "cpu-count", value: "int", text: "number of CPUs (Windows)", unsupported: windowsOnly },
  { long: "cpu-percent", value: "int", text: "share of all CPUs (Windows)", unsupported: windowsOnly },
  {
    long: "cpu-period",
    value: "int",
    text: "microseconds of one accounting period",
    read: limit("cpuPeriodUs", parseInteger),
  },
  {
    long: "cpu-quota",
    value: "int",
    text: "microseconds of CPU time in each period",
    read: limit("cpuQuotaUs", parseInteger),
  },
  { long: "cpu-rt-period", value: "int", text: "real-time period in microseconds", unsupported: noRealTime },
  { long: "cpu-rt-runtime", value: "int", text: "real-time budget in microseconds", unsupported: noRealTime },
  {
    long: "cpu-shares",
    short: "c",
    value: "int",
    text: "share of CPU time against others",
    read: limit("cpuShares", parseInteger),
  },
  { long: "cpus", value: "decimal", text: "how many CPUs' worth of time it may use", read: limit("cpus", parseCpus) },
  {
    long: "cpuset-cpus",
    value: "string",
    text: "CPUs to run on (0-3, 0,1)",
    read: limit("cpusetCpus", (list) => list),
  },
  {
    long: "cpuset-mems",
    value: "string",
    text: "memory nodes to allocate on (0-3, 0,1)",
    read: limit("cpusetMems", (list) => list),
  },
  {
    long: "device-read-bps",
    value: "list",
    repeatable: true,
    text: "most bytes a second to read from a device (device:rate)",
    read: eachLimit("deviceReadBps", parseDeviceBps),
  },
  {
    long: "device-read-iops",
    value: "list",
    repeatable: true,
    text: "most reads a second from a device (device:rate)",
    read: eachLimit("deviceReadIops", parseDeviceIops),
  },
  {
    long: "device-write-bps",
    value: "list",
    repeatable: true,
    text: "most bytes a second to write to a device (device:rate)",
    read: eachLimit("deviceWriteBps", parseDeviceBps),
  },
  {
    long: "device-write-iops",
    value: "list",
    repeatable: true,
    text: "most writes a second to a device (device:rate)",
    read: eachLimit("deviceWriteIops", parseDeviceIops),
  },
  {
    long: "io-maxbandwidth",
    value: "bytes",
    text: "most bytes a second of the system drive (Windows)",
    unsupported: windowsOnly,
  },
  {
    long: "io-maxiops",
    value: "uint",
    text: "most operations a second of the system drive (Windows)",
    unsupported: windowsOnly,
  },
  { long: "isolation", value: "string", text: "isolation technology (Windows)", read: acceptDefaultIsolation },
  {
    long: "kernel-memory",
    value: "bytes",
    text: "limit of kernel memory",
    hidden: true,
    ignored: "cgroup v2 counts kernel memory in --memory",
  },
  {
    long: "memory",
    short: "m",
    value: "bytes",
    text: "most memory it may use",
    read: limit("memoryBytes", (size) => parseSize(size, "--memory")),
  },
  {
    long: "memory-reservation",
    value: "bytes",
    text: "memory that is not taken away while others have some to spare",
    read: limit("memoryReservationBytes", (size) => parseSize(size, "--memory-reservation")),
  },
  {
    long: "memory-swap",
    value: "bytes",
    text: "most memory and swap together, -1 for any amount of swap",
    read: limit("memorySwapBytes", parseSwap),
  },
  {
    long: "memory-swappiness",
    value: "int",
    text: "readiness to swap, 0 to 100",
    ignored: "cgroup v2 has no swappiness of its own",
  },
  {
    long: "oom-kill-disable",
    text: "do not kill when memory runs out",
    ignored: "cgroup v2 always kills when memory runs out",
  },
  {
    long: "oom-score-adj",
    value: "int",
    text: "preference of the OOM killer, -1000 to 1000",
    read: option("oomScoreAdj", parseInteger),
  },
  {
    long: "pids-limit",
    value: "int",
    text: "most processes and threads, -1 for any number",
    read: limit("pidsLimit", parseInteger),
  },
];
