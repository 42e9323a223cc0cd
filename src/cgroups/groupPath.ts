import { EngineError } from "../base/index.ts";

/** The group below which brig makes the groups of containers when the user names no other. */
const ownGroup = "brig";

/**
 * Where a container's group lies: the components below the top of the v2 hierarchy.
 *
 * `/a/b` gives `a/b/<id>`. The name of a systemd slice, `a-b.slice`, stands for the nested slices that systemd
 * makes of it (systemd.slice(5)), and the group in it is a scope.
 *
 * @throws EngineError `invalidValue` for a parent that could leave the hierarchy or meet one of its files.
 */
export function groupPath(id: string, parent: string | undefined): readonly string[] {
  if (parent === undefined || parent === "") return [ownGroup, id];
  const components = parent.split("/").filter((part) => part !== "");
  const [only] = components;
  if (components.length === 1 && only !== undefined && only.endsWith(".slice")) {
    return [...sliceComponents(only, parent), `brig-${id}.scope`];
  }
  if (components.length === 0 || components.length > 16) throw invalidParent(parent);
  for (const part of components) if (!isGroupName(part)) throw invalidParent(parent);
  return [...components, id];
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
