// What other engines leave in cgroupfs: the empty groups above their containers.
import { existsSync, readdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";

const cgroups = "/sys/fs/cgroup";

/** Removes groups of this name in all hierarchies, as far as they are empty. */
export function removeGroups(name) {
  const places = [cgroups, ...directoriesIn(cgroups)].map((directory) => join(directory, name));
  for (const place of places) if (existsSync(place)) removeTree(place);
}

function removeTree(directory) {
  for (const below of directoriesIn(directory)) removeTree(below);
  try {
    rmdirSync(directory);
  } catch {
    // something runs in it, which is not ours to end
  }
}

const directoriesIn = (directory) =>
  readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(directory, entry.name));
