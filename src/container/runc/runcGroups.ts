import { existsSync, readdirSync, rmdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { errnoOf } from "../../base/index.ts";

const tree = "/sys/fs/cgroup";

/**
 * The control groups on the way to the one that runc will make that are not there yet, in each hierarchy of version 1 or
 * the one of version 2; each before the one above it.
 */
export function missingGroups(path: string): readonly string[] {
  const hierarchies = [tree, ...readdirSync(tree).map((name) => join(tree, name))];
  const groups = hierarchies.flatMap((hierarchy) => below(path).map((group) => join(hierarchy, group)));
  return groups.filter((group) => !existsSync(group));
}

/** `/a/b` -> `/a/b`, `/a`: a group goes before the one above it. */
function below(path: string): readonly string[] {
  return path === "/" || path === "." ? [] : [path, ...below(dirname(path))];
}

/** Takes away those of the groups that are there and empty: what somebody else has put a group or a process into stays. */
export function removeGroups(groups: readonly string[]): void {
  for (const group of groups) {
    try {
      rmdirSync(group);
    } catch (error) {
      if (!["ENOENT", "ENOTDIR", "ENOTEMPTY", "EBUSY"].includes(errnoOf(error) ?? "")) throw error;
    }
  }
}
