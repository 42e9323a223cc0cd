import type { CgroupFacts, ControllerPlace } from "./hostFacts.ts";
import { parseMounts } from "./mountTable.ts";

/** The controllers that brig has limits for, by their v2 names. */
export const knownControllers = ["cpu", "cpuset", "io", "memory", "pids", "hugetlb"] as const;

/** Controllers whose name differs between the versions (cgroups(7)). */
const v1Names: Readonly<Record<string, string>> = { io: "blkio" };

/** The kernel's files that `readCgroupFacts` looks at, as text; a file that does not exist is undefined. */
export interface CgroupSources {
  /** /proc/self/mountinfo (proc_pid_mountinfo(5)) */
  readonly mountinfo: string;
  /** /proc/self/cgroup */
  readonly ownCgroup: string;
  /** /proc/cgroups */
  readonly table: string | undefined;
  /** Reads a file of the v2 hierarchy or of /sys. */
  readonly read: (path: string) => string | undefined;
  readonly swap: boolean;
  /** Whether systemd is process 1 (sd_booted(3)). */
  readonly systemd: boolean;
}

interface CgroupMount {
  readonly mountPoint: string;
  readonly version: 1 | 2;
  readonly options: readonly string[];
}

/** Finds out which controllers the v2 hierarchy offers and where the others are. Pure but for `read`. */
export function readCgroupFacts(sources: CgroupSources): CgroupFacts {
  const mounts = cgroupMounts(sources.mountinfo);
  const mountPoint = mounts.find((mount) => mount.version === 2)?.mountPoint;
  const readBelow = (file: string) =>
    mountPoint === undefined ? undefined : sources.read(`${mountPoint}/${file}`)?.trim();
  const words = (file: string) => (readBelow(file) ?? "").split(" ").filter((name) => name !== "");
  const offered = words("cgroup.controllers");
  // Only the root of the whole hierarchy has no cgroup.events.
  const isRealRoot = readBelow("cgroup.events") === undefined;
  const ownGroup = ownGroupOf(sources.ownCgroup);
  const handedDown = isRealRoot || ownGroup !== "/" ? offered : words("cgroup.subtree_control");
  const cpuset = offered.includes("cpuset");
  const names = [...knownControllers, ...offered.filter((name) => !knownControllers.some((known) => known === name))];
  return {
    ...(mountPoint === undefined ? {} : { mountPoint }),
    isRealRoot,
    ownGroup,
    ...(sources.systemd && isPure(mounts) && isRealRoot ? { manager: "systemd" } : {}),
    controllers: names.map((name) => placeOf(name, { offered, handedDown, mounts, table: sources.table })),
    effectiveCpus: (cpuset && readBelow("cpuset.cpus.effective")) || onlineList(sources, "cpu"),
    effectiveMems: (cpuset && readBelow("cpuset.mems.effective")) || onlineList(sources, "node"),
    swap: sources.swap,
    ...(offered.includes("io") ? ioWeightFile(readBelow("io.cost.qos"), sources) : {}),
  };
}

/** Where there is v1 as well, systemd has its groups and all controllers there. */
function isPure(mounts: readonly CgroupMount[]): boolean {
  return mounts.length > 0 && mounts.every(({ version }) => version === 2);
}

/**
 * Only the root has io.cost.qos, and only groups below it have io.weight, when the kernel has the model. It weighs
 * nothing before somebody enables it for a disk (cgroup-v2.rst, "IO Interface Files"), while BFQ weighs by its own file.
 */
function ioWeightFile(costModel: string | undefined, sources: CgroupSources): Pick<CgroupFacts, "ioWeightFile"> {
  const hasBfq = sources.read("/sys/module/bfq/initstate") !== undefined;
  const isEnabled = costModel !== undefined && /\benable=1\b/.test(costModel);
  if (costModel !== undefined && (isEnabled || !hasBfq)) return { ioWeightFile: "io.weight" };
  return hasBfq ? { ioWeightFile: "io.bfq.weight" } : {};
}

function onlineList(sources: CgroupSources, kind: "cpu" | "node"): string {
  return sources.read(`/sys/devices/system/${kind}/online`)?.trim() || "0";
}

/** The cgroup mounts of a mountinfo text, in the order of the text. */
function cgroupMounts(mountinfo: string): readonly CgroupMount[] {
  return parseMounts(mountinfo).flatMap(({ point, type, superOptions }): readonly CgroupMount[] => {
    if (type !== "cgroup" && type !== "cgroup2") return [];
    return [{ mountPoint: point, version: type === "cgroup2" ? 2 : 1, options: superOptions.split(",") }];
  });
}

function ownGroupOf(text: string): string {
  const line = text.split("\n").find((candidate) => candidate.startsWith("0::"));
  return line === undefined ? "/" : line.slice(3);
}

function placeOf(
  name: string,
  known: {
    readonly offered: readonly string[];
    readonly handedDown: readonly string[];
    readonly mounts: readonly CgroupMount[];
    readonly table: string | undefined;
  },
): ControllerPlace {
  if (known.handedDown.includes(name)) return { name, state: "offered" };
  if (known.offered.includes(name)) return { name, state: "occupied" };
  const v1Name = v1Names[name] ?? name;
  const mount = known.mounts.find((candidate) => candidate.version === 1 && candidate.options.includes(v1Name));
  if (mount !== undefined) return { name, state: "v1", mountPoint: mount.mountPoint };
  const row = known.table?.split("\n").find((line) => line.startsWith(`${v1Name}\t`));
  if (row === undefined) return { name, state: "absent" };
  const [, hierarchy, , enabled] = row.split("\t");
  if (enabled === "0") return { name, state: "disabled" };
  return hierarchy === "0" ? { name, state: "absent" } : { name, state: "v1" };
}
