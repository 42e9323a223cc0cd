import { unescapeMountField } from "../check/checkMounts.ts";

/** A process of a container decides what is mounted there: more than this is not read. */
export const maxMountBytes = 1 << 20;

/** One mount, as a process sees it. */
export interface SeenMount {
  /** Of the mount, as fdinfo of a descriptor names it (proc_pid_fdinfo(5)). */
  readonly id: string;
  readonly point: string;
  /** The directory of its file system that it shows. */
  readonly part: string;
  readonly type: string;
  readonly source: string;
  readonly options: string;
  /** Of the file system below it, `ro` among them. */
  readonly superOptions: string;
  /** `shared`, `master`, ...; empty for a private one. */
  readonly propagation: readonly string[];
  /** The groups that it is in for that: `shared:12`. Mounts of one group show what is mounted at any of them. */
  readonly groups: readonly string[];
}

/** The lines of a mountinfo text (proc_pid_mountinfo(5)), in their order; what is none is left out. */
export function readMounts(mountinfo: string): readonly SeenMount[] {
  return mountinfo.split("\n").flatMap((line): SeenMount[] => {
    const fields = line.split(" ");
    const dash = fields.indexOf("-", 6);
    const [id = "", , , part = "", point, options = ""] = fields;
    if (point === undefined || dash < 0) return [];
    const [type = "", source = "", superOptions = ""] = fields.slice(dash + 1);
    const groups = fields.slice(6, dash);
    const propagation = groups.map((word) => word.replace(/:\d+$/, ""));
    const words = {
      point: unescapeMountField(point),
      part: unescapeMountField(part),
      source: unescapeMountField(source),
    };
    return [{ id, type, options, superOptions, propagation, groups, ...words }];
  });
}

/**
 * The mounts of a mountinfo text: by mount point, file system, source, options and propagation. Of mounts on top of each
 * other the topmost one, which is the last, is what a process sees.
 */
export function parseMounts(mountinfo: string): ReadonlyMap<string, string> {
  return new Map(
    readMounts(mountinfo).map(({ point, part, type, source, options, propagation }) => [
      point,
      [`${type} ${source}${part === "/" ? "" : ` ${part}`}`, options, ...propagation].join(" "),
    ]),
  );
}
