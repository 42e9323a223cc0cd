import { realpathSync } from "node:fs";
import { join } from "node:path";
import { errnoOf, readFileIfExists } from "../../base/index.ts";
import type { CheckScene, Finding } from "./finding.ts";

/**
 * Mounts in the host's table below directories in which brig never mounts anything there: its own are made in mount
 * namespaces of the helper and the container (mount_namespaces(7)).
 */
export function leftoverMounts({ root, runRoot }: CheckScene): readonly Finding[] {
  const areas = [join(root, "containers"), join(root, "layers"), join(runRoot, "containers")].flatMap(realPathIfThere);
  return mountPoints(readFileIfExists("/proc/self/mountinfo") ?? "")
    .filter((point) => areas.some((area) => point.startsWith(`${area}/`)))
    .map((point) => ({
      object: point,
      sentence: "something is mounted where brig mounts nothing",
      advice: `if nobody needs it: umount "${point}"`,
    }));
}

function realPathIfThere(path: string): readonly string[] {
  try {
    return [realpathSync(path)];
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw error;
  }
}

/** The fifth field of proc_pid_mountinfo(5), in which blanks and backslashes are octal numbers. */
export function mountPoints(mountinfo: string): readonly string[] {
  return mountinfo
    .split("\n")
    .flatMap((line) => line.split(" ")[4] ?? [])
    .map(unescapeMountField);
}

/** Undoes the octal numbers that blanks, line ends and backslashes are in /proc/PID/mountinfo. */
export function unescapeMountField(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
