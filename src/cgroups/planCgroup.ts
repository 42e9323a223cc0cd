import { EngineError } from "../base/index.ts";
import type { HostFacts } from "../host/index.ts";
import type { SpecResources } from "../oci/index.ts";
import type { CgroupParent, CgroupWrite, GroupPlan } from "./cgroupPlan.ts";
import { offeredControllers, requireController } from "./controllers.ts";
import { groupPlace } from "./groupPath.ts";
import { cpuWrites, ioWrites, memoryWrites, pidsWrites } from "./limitWrites.ts";
import { unifiedWrites } from "./unifiedWrites.ts";

export interface CgroupRequest {
  readonly id: string;
  readonly resources: SpecResources;
  /** `--cgroup-parent`: a path below the v2 mount or the name of a systemd slice. */
  readonly parent?: string;
  readonly facts: Pick<HostFacts, "cgroup">;
}

/** The controllers whose statistics and events are read. */
const observed: readonly string[] = ["cpu", "io", "memory", "pids"];

/** What systemd gives to a delegated unit (systemd.resource-control(5), "Delegate="); it leaves all others alone. */
const delegated: readonly string[] = ["cpu", "cpuset", "io", "memory", "pids"];

/**
 * Decides the group of a container: where it is, what must be enabled above it and which files to write. Pure.
 *
 * Processes live only in the last group, and nothing is put below the group of the caller, because a group other than
 * the root may either hold processes or give controllers to its children (cgroups(7), "no internal processes").
 * What statistics and the reason of an OOM kill come from is enabled wherever it is offered; every other controller costs
 * time with each group and is enabled for those who ask for it.
 *
 * @returns undefined when the host mounts no cgroup v2 and no limit was asked for.
 * @throws EngineError `controllerUnavailable` for a limit that this host cannot keep, `invalidValue`.
 */
export function planCgroup({ id, resources, parent, facts }: CgroupRequest): GroupPlan | undefined {
  const { cgroup } = facts;
  const { path, unit } = groupPlace(id, parent, cgroup.manager);
  const writes = planWrites(resources, facts);
  if (cgroup.mountPoint === undefined) {
    if (parent !== undefined) requireController(cgroup, "cgroup", "the cgroup parent");
    return undefined;
  }
  refuseOwnGroup(path, cgroup.ownGroup);
  const wanted = new Set(writes.map(({ file }) => file.slice(0, file.indexOf("."))));
  const enable = offeredControllers(cgroup).filter((name) => observed.includes(name) || wanted.has(name));
  const { mountPoint } = cgroup;
  const at = (depth: number) => [mountPoint, ...path.slice(0, depth)].join("/");
  const foreign = enable.filter((name) => !delegated.includes(name));
  const parents = path.map(
    (_, depth): CgroupParent => ({
      directory: at(depth),
      enable: unit !== undefined && depth < unit.depth ? foreign : enable,
    }),
  );
  const asked = unit === undefined ? {} : { unit: { name: unit.name, slice: unit.slice, directory: at(unit.depth) } };
  return { directory: at(path.length), parents, writes, ...asked };
}

/** A group that holds this process can neither hand controllers down nor be emptied by us. */
function refuseOwnGroup(path: readonly string[], ownGroup: string): void {
  const inside = path.some((_, depth) => `/${path.slice(0, depth).join("/")}` === ownGroup);
  if (!inside || ownGroup === "/") return;
  throw new EngineError("invalidValue", `cannot make a group below "${ownGroup}": this process runs in it`, {
    hint: "name a cgroup parent that holds no processes",
  });
}

function planWrites(resources: SpecResources, { cgroup }: CgroupRequest["facts"]): readonly CgroupWrite[] {
  const memory = resources.memory === undefined ? [] : memoryWrites(resources.memory, cgroup);
  const unified = resources.unified === undefined ? [] : unifiedWrites(resources.unified, cgroup);
  const asked = [
    ...(resources.cpu === undefined ? [] : cpuWrites(resources.cpu, cgroup)),
    ...pidsWrites(resources.pids, cgroup),
    ...(resources.blockIO === undefined ? [] : ioWrites(resources.blockIO, cgroup)),
    ...oomGroup(cgroup),
    ...memory,
  ];
  // What the user wrote by file name replaces what a flag or a default would have written.
  const named = new Set(unified.map((write) => write.file));
  const writes = [...asked.filter((write) => !named.has(write.file)), ...unified];
  // Lowering memory.max below the use of the group kills in it, so every softer setting is in place before.
  const isLast = (write: CgroupWrite) => write.file === "memory.max";
  return [...writes.filter((write) => !isLast(write)), ...writes.filter(isLast)];
}

/** A container is one workload: a part of it that survives the kill of another is seldom what anyone wants. */
function oomGroup(cgroup: HostFacts["cgroup"]): readonly CgroupWrite[] {
  return offeredControllers(cgroup).includes("memory") ? [{ file: "memory.oom.group", value: "1" }] : [];
}
