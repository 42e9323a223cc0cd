import { readdirSync } from "node:fs";
import { join } from "node:path";
import { unlessGone } from "../base/index.ts";
import { type GroupFile, groupFiles } from "./statistics.ts";

/** The files of a group that may be removed while it is looked at: of one that is gone there are none. */
export function liveGroupFiles(directory: string): GroupFile {
  const read = groupFiles(directory);
  return (name) => unlessGone(() => read(name));
}

/** More groups in one are not looked at: a container with groups of its own decides how many there are. */
const mostChildren = 10_000;

/** The directories of the groups in a group; none when it is gone. */
export function groupsIn(directory: string): readonly string[] {
  const entries = unlessGone(() => readdirSync(directory, { withFileTypes: true })) ?? [];
  const groups = entries.filter((entry) => entry.isDirectory()).slice(0, mostChildren);
  return groups.map((entry) => join(directory, entry.name));
}
