import { unescapeMountField } from "../check/checkMounts.ts";

/** A process of a container decides what is mounted there: more than this is not read. */
export const maxMountBytes = 1 << 20;

/**
 * The mounts of a mountinfo text (proc_pid_mountinfo(5)): by mount point, file system, source, options and propagation. Of
 * mounts on top of each other the topmost one, which is the last, is what a process sees.
 */
export function parseMounts(mountinfo: string): ReadonlyMap<string, string> {
  const mounts = new Map<string, string>();
  for (const line of mountinfo.split("\n")) {
    const fields = line.split(" ");
    const dash = fields.indexOf("-", 6);
    const [, , , root = "", point, options = ""] = fields;
    if (point === undefined || dash < 0) continue;
    const [type = "", source = ""] = fields.slice(dash + 1);
    const part = root === "/" ? "" : ` ${unescapeMountField(root)}`;
    const propagation = fields.slice(6, dash).map((word) => word.replace(/:\d+$/, ""));
    mounts.set(
      unescapeMountField(point),
      [`${type} ${unescapeMountField(source)}${part}`, options, ...propagation].join(" "),
    );
  }
  return mounts;
}
