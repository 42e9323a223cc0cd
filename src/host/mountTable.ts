import { join } from "node:path";
import { readBoundedFile } from "../base/index.ts";

/**
 * A namespace may have 100,000 mounts (fs.mount-max, proc_sys_fs(5)), and a process of a container may make them: more than
 * this is not read.
 */
const maxTableBytes = 16 * 1024 * 1024;

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

/**
 * What a process sees mounted, in the order of its table; `directory` is that of the process: `/proc/4711`, `/proc/self`.
 *
 * @throws EngineError `fileSystem` when it has ended or may not be looked at, `limitExceeded` for too many mounts.
 */
export function readMounts(directory: string): readonly SeenMount[] {
  const path = join(directory, "mountinfo");
  const text = readBoundedFile({ path, maxBytes: maxTableBytes, what: "the mounts of a process" });
  return parseMounts(text.toString("utf8"));
}

/** The lines of a mountinfo text (proc_pid_mountinfo(5)), in their order; what is none is left out. */
export function parseMounts(mountinfo: string): readonly SeenMount[] {
  return mountinfo.split("\n").flatMap((line): SeenMount[] => {
    const fields = line.split(" ");
    const dash = fields.indexOf("-", 6);
    const [id = "", , , part = "", point, options = ""] = fields;
    if (point === undefined || dash < 0) return [];
    const [type = "", source = "", superOptions = ""] = fields.slice(dash + 1);
    const groups = fields.slice(6, dash);
    const propagation = groups.map((word) => word.replace(/:\d+$/, ""));
    const words = { point: unescapeOctal(point), part: unescapeOctal(part), source: unescapeOctal(source) };
    return [{ id, type, options, superOptions, propagation, groups, ...words }];
  });
}

/** Blanks, line ends and backslashes are octal numbers there. */
function unescapeOctal(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

/** The mount that a path is on: the lowest one at or above it, and of several at one point the last, which is on top. */
export function mountOf(path: string, mounts: readonly SeenMount[]): SeenMount | undefined {
  const above = mounts.filter(({ point }) => point === "/" || path === point || path.startsWith(`${point}/`));
  return above.reduce<SeenMount | undefined>(
    (lowest, mount) => (lowest === undefined || mount.point.length >= lowest.point.length ? mount : lowest),
    undefined,
  );
}
