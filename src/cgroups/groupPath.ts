import { EngineError } from "../base/index.ts";
import type { CgroupFacts } from "../host/index.ts";
import type { DelegatedUnit } from "./cgroupPlan.ts";

/** The group below which brig makes the groups of containers when the user names no other. */
const ownGroup = "brig";

/** The slice that takes its place on a host whose groups systemd owns. */
const ownSlice = "brig.slice";

/** The group in a delegated unit that holds those of containers; the unit's own can hold no processes then. */
export const containersGroup = "containers";

/** Where a container's group lies: the components below the top of the v2 hierarchy. */
export interface GroupPlace {
  readonly path: readonly string[];
  /** The unit of systemd's on the way; its group is that of the first `depth` components. */
  readonly unit?: Pick<DelegatedUnit, "name" | "slice"> & { readonly depth: number };
}

/**
 * Finds the place for a container's group.
 *
 * `/a/b` gives `a/b/<id>`. The name of a systemd slice, `a-b.slice`, stands for the nested slices that systemd
 * makes of it (systemd.slice(5)); where systemd owns the groups, a unit in the slice holds them, else a group that is named
 * as a scope.
 *
 * @throws EngineError `invalidValue` for a parent that could leave the hierarchy or meet one of its files.
 */
export function groupPlace(id: string, parent: string | undefined, manager: CgroupFacts["manager"]): GroupPlace {
  const components = (parent ?? "").split("/").filter((part) => part !== "");
  const [only = ownSlice] = components;
  if (parent === undefined || parent === "") {
    return manager === undefined ? { path: [ownGroup, id] } : inUnit({ id, slice: ownSlice, parent: ownSlice });
  }
  if (components.length === 1 && only.endsWith(".slice")) {
    if (manager !== undefined) return inUnit({ id, slice: only, parent });
    return { path: [...sliceComponents(only, parent), `brig-${id}.scope`] };
  }
  if (components.length === 0 || components.length > 16) throw invalidParent(parent);
  for (const part of components) if (!isGroupName(part)) throw invalidParent(parent);
  return { path: [...components, id] };
}

/** The group that holds those of containers for which no other was named; undefined without cgroup v2. */
export function containersDirectory({
  mountPoint,
  manager,
}: Pick<CgroupFacts, "mountPoint" | "manager">): string | undefined {
  if (mountPoint === undefined) return undefined;
  return [mountPoint, ...groupPlace("id", undefined, manager).path.slice(0, -1)].join("/");
}

/** The unit for containers for which no group was named; undefined where nobody has to be asked for one. */
export function defaultUnit({
  mountPoint,
  manager,
}: Pick<CgroupFacts, "mountPoint" | "manager">): DelegatedUnit | undefined {
  const { path, unit } = groupPlace("id", undefined, manager);
  if (mountPoint === undefined || unit === undefined) return undefined;
  return { name: unit.name, slice: unit.slice, directory: [mountPoint, ...path.slice(0, unit.depth)].join("/") };
}

/** One unit a slice: a unit for each container would be a call to systemd for each start. */
function inUnit({
  id,
  slice,
  parent,
}: {
  readonly id: string;
  readonly slice: string;
  readonly parent: string;
}): GroupPlace {
  const slices = sliceComponents(slice, parent);
  const name = slice === ownSlice ? "brig.service" : `brig-in-${slice.slice(0, -".slice".length)}.service`;
  return { path: [...slices, name, containersGroup, id], unit: { name, slice, depth: slices.length + 1 } };
}

/** The kernel refuses only slashes and newlines; dots are restricted because every control file's name has one first. */
function isGroupName(name: string): boolean {
  return /^[A-Za-z0-9_:@\\-][A-Za-z0-9_.:@\\-]{0,200}$/.test(name) && !name.startsWith("cgroup.");
}

function sliceComponents(slice: string, parent: string): readonly string[] {
  const stem = slice.slice(0, -".slice".length);
  if (stem === "-") return [];
  const parts = stem.split("-");
  if (parts.length > 16 || parts.includes("") || !isGroupName(slice)) throw invalidParent(parent);
  return parts.map((_, index) => `${parts.slice(0, index + 1).join("-")}.slice`);
}

function invalidParent(parent: string): EngineError {
  return new EngineError("invalidValue", `invalid cgroup parent ${JSON.stringify(parent.slice(0, 200))}`, {
    hint: "write a path below the cgroup mount, such as /team/web, or the name of a systemd slice, such as team-web.slice",
  });
}
