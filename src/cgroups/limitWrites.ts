import { EngineError } from "../base/index.ts";
import type { CgroupFacts } from "../host/index.ts";
import type { SpecResources, SpecThrottleDevice } from "../oci/index.ts";
import type { CgroupWrite } from "./cgroupPlan.ts";
import { requireController } from "./controllers.ts";
import { cpuWeightOf } from "./cpuWeight.ts";
import { covers, parseIndexList } from "./parseIndexList.ts";

/** Sizes the kernel counts; a negative one is unlimited. */
const orMax = (value: number) => (value < 0 ? "max" : String(value));

/**
 * The files for the memory limits. `swap` is memory plus swap, as in the runtime specification; a limit without it
 * allows as much swap as memory, Docker's default.
 */
export function memoryWrites(
  memory: NonNullable<SpecResources["memory"]>,
  cgroup: CgroupFacts,
): readonly CgroupWrite[] {
  const { limit, reservation, swap } = memory;
  if (limit === undefined && reservation === undefined) return []; // swap is a limit only together with memory
  requireController(cgroup, "memory", "the memory limit");
  const writes: CgroupWrite[] = [];
  if (reservation !== undefined) writes.push({ file: "memory.low", value: orMax(reservation) });
  // A kernel without swap has no memory.swap.max, and nothing that could be limited by it.
  if (cgroup.swap && limit !== undefined && limit > 0) {
    writes.push({
      file: "memory.swap.max",
      value: swap === undefined ? String(limit) : orMax(swap < 0 ? -1 : swap - limit),
    });
  }
  if (limit !== undefined) writes.push({ file: "memory.max", value: orMax(limit) });
  return writes;
}

/** The kernel's default period, in microseconds (cgroup-v2, "cpu.max"). */
const defaultPeriodUs = 100_000;

/** The files for the share, the quota and the processors. */
export function cpuWrites(cpu: NonNullable<SpecResources["cpu"]>, cgroup: CgroupFacts): readonly CgroupWrite[] {
  const writes: CgroupWrite[] = [];
  if (cpu.shares !== undefined && cpu.shares !== 0) {
    requireController(cgroup, "cpu", "the CPU shares");
    writes.push({ file: "cpu.weight", value: String(cpuWeightOf(cpu.shares)) });
  }
  if (cpu.quota !== undefined || cpu.period !== undefined) {
    requireController(cgroup, "cpu", "the CPU limit");
    const quota = cpu.quota === undefined || cpu.quota <= 0 ? "max" : String(cpu.quota);
    writes.push({ file: "cpu.max", value: `${quota} ${cpu.period ?? defaultPeriodUs}` });
  }
  for (const [value, file, noun, available] of [
    [cpu.cpus, "cpuset.cpus", "CPUs", cgroup.effectiveCpus],
    [cpu.mems, "cpuset.mems", "memory nodes", cgroup.effectiveMems],
  ] as const) {
    if (value === undefined || value === "") continue;
    const wanted = parseIndexList(value, file === "cpuset.cpus" ? "--cpuset-cpus" : "--cpuset-mems");
    if (!covers(parseIndexList(available, "the host"), wanted)) {
      throw new EngineError(
        "invalidValue",
        `Requested ${noun} are not available - requested ${value}, available: ${available}`,
      );
    }
    requireController(cgroup, "cpuset", `the ${noun} of the container`);
    writes.push({ file, value });
  }
  return writes;
}

/** Everything that a fork bomb needs is below this, everything that people run is above (SECURITY.md). */
const defaultPidsLimit = 4096;

/** The process limit: as asked, else a default where the host can keep one. Zero and below is unlimited. */
export function pidsWrites(pids: SpecResources["pids"], cgroup: CgroupFacts): readonly CgroupWrite[] {
  if (pids === undefined) {
    const offered = cgroup.controllers.some((place) => place.name === "pids" && place.state === "offered");
    return offered ? [{ file: "pids.max", value: String(defaultPidsLimit) }] : [];
  }
  if (pids.limit > 0) requireController(cgroup, "pids", "the process limit");
  else if (!cgroup.controllers.some((place) => place.name === "pids" && place.state === "offered")) return [];
  return [{ file: "pids.max", value: pids.limit > 0 ? String(pids.limit) : "max" }];
}

/** The rates of one device each, and the weights; io.max keeps what a write does not name (cgroup-v2, "io.max"). */
export function ioWrites(io: NonNullable<SpecResources["blockIO"]>, cgroup: CgroupFacts): readonly CgroupWrite[] {
  const rates: readonly (readonly [string, readonly SpecThrottleDevice[] | undefined])[] = [
    ["rbps", io.throttleReadBpsDevice],
    ["wbps", io.throttleWriteBpsDevice],
    ["riops", io.throttleReadIOPSDevice],
    ["wiops", io.throttleWriteIOPSDevice],
  ];
  const writes: CgroupWrite[] = [];
  if (io.weight || io.weightDevice?.length) writes.push(...weightWrites(io, cgroup));
  for (const [key, devices] of rates) {
    for (const { major, minor, rate } of devices ?? []) {
      writes.push({ file: "io.max", value: `${major}:${minor} ${key}=${rate === 0 ? "max" : rate}` });
    }
  }
  if (writes.length > 0) requireController(cgroup, "io", "the input and output limits");
  return writes;
}

/** A block weight is 10 to 1000; BFQ takes it as it is, io.weight is 1 to 10000. */
function weightWrites(io: NonNullable<SpecResources["blockIO"]>, cgroup: CgroupFacts): readonly CgroupWrite[] {
  requireController(cgroup, "io", "the block weight");
  const file = cgroup.ioWeightFile;
  if (file === undefined) {
    throw new EngineError(
      "notOffered",
      "cannot set the block weight: this kernel has neither io.weight nor io.bfq.weight",
      {
        hint: "load the bfq module, select the scheduler bfq for the disk, or limit rates with --device-read-bps",
      },
    );
  }
  const scale = (weight: number) => (file === "io.weight" ? 1 + Math.floor(((weight - 10) * 9999) / 990) : weight);
  return [
    ...(io.weight ? [{ file, value: `default ${scale(io.weight)}` }] : []),
    ...(io.weightDevice ?? []).map(({ major, minor, weight }) => ({
      file,
      value: `${major}:${minor} ${scale(weight)}`,
    })),
  ];
}
