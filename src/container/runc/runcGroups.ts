import { existsSync, readdirSync, rmdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { errnoOf } from "../../base/index.ts";

const tree = "/sys/fs/cgroup";

/**
 * Notes which control groups there are on the way to the one that runc will make, in each hierarchy of version 1 or the
 * one of version 2. The result takes away what has come since, when no process is left in it.
 */
export function watchGroups(path: string): () => void {
  const hierarchies = [tree, ...readdirSync(tree).map((name) => join(tree, name))];
  const groups = hierarchies.flatMap((hierarchy) => below(path).map((group) => join(hierarchy, group)));
  const absent = groups.filter((group) => !existsSync(group));
  return () => {
    for (const group of absent) removeGroup(group);
  };
}

/** `/a/b` -> `/a/b`, `/a`: a group goes before the one above it. */
function below(path: string): readonly string[] {
  return path === "/" || path === "." ? [] : [path, ...below(dirname(path))];
}

/** The runtime has removed it already, or somebody else's group is in it by now. */
function removeGroup(path: string): void {
  try {
    rmdirSync(path);
  } catch (error) {
    if (!["ENOENT", "ENOTDIR", "ENOTEMPTY", "EBUSY"].includes(errnoOf(error) ?? "")) throw error;
  }
}
