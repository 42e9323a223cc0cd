import { existsSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { containerPaths } from "../state/containerPaths.ts";
import type { CheckScene, Finding } from "./finding.ts";
import { entriesOf } from "./traces.ts";

/** A process of the helper, and a directory of a container that it has open. */
interface Keeper {
  readonly pid: number;
  /** `ROOT/containers/ID` */
  readonly directory: string;
  readonly id: string;
}

/** Processes of ours that stay with a container of this root that is gone. */
export function strayMonitors({ root }: CheckScene): readonly Finding[] {
  return findKeepers()
    .filter(({ id, directory }) => directory === containerPaths(root, id).directory && !existsSync(directory))
    .map(({ pid, id }) => ({
      object: `process ${pid}`,
      sentence: `it stays with the container ${id.slice(0, 12)}, whose directory was removed by something else than brig`,
      advice: `end it, and what it stays with, with: kill -KILL ${pid}, and see its group in /proc/${pid}/cgroup`,
    }));
}

/** The containers of all roots on this machine that a process of the helper stays with. */
export function containersInUse(): ReadonlySet<string> {
  return new Set(findKeepers().map(({ id }) => id));
}

/** Looks at the descriptors of every process that runs the helper, which is a sealed copy or an unnamed mount of it. */
function findKeepers(): readonly Keeper[] {
  return entriesOf("/proc")
    .filter((name) => /^\d+$/.test(name) && /^\/(memfd:)?brig-helper/.test(linkOf(`/proc/${name}/exe`)))
    .flatMap((pid) =>
      openDirectories(pid).flatMap((path) => {
        const match = /^(.*\/containers\/([0-9a-f]{64}))(?: \(deleted\))?$/.exec(path);
        return match === null ? [] : { pid: Number(pid), directory: match[1] ?? "", id: match[2] ?? "" };
      }),
    );
}

function openDirectories(pid: string): readonly string[] {
  const directory = `/proc/${pid}/fd`;
  try {
    return entriesOf(directory).map((fd) => linkOf(join(directory, fd)));
  } catch {
    return []; // it has ended meanwhile
  }
}

/** Where a link of procfs leads; nowhere when the process has ended meanwhile. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
