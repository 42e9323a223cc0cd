import { realpathSync } from "node:fs";
import { join } from "node:path";
import { errnoOf } from "../../base/index.ts";
import { readMounts } from "../../host/index.ts";
import type { CheckScene, Finding } from "./finding.ts";

/**
 * Mounts in the host's table below directories in which brig never mounts anything there: its own are made in mount
 * namespaces of the helper and the container (mount_namespaces(7)).
 */
export function leftoverMounts({ root, runRoot }: CheckScene): readonly Finding[] {
  const areas = [join(root, "containers"), join(root, "layers"), join(runRoot, "containers")].flatMap(realPathIfThere);
  return readMounts("/proc/self")
    .map(({ point }) => point)
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
