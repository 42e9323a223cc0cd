import { EngineError } from "../../base/index.ts";
import { mountOf, readMounts, type SeenMount } from "../../host/index.ts";
import type { LaunchRequest, SelinuxLabels } from "../../launch/index.ts";
import type { MountRequest } from "../runOptions.ts";
import type { ContainerPaths } from "../state/containerPaths.ts";
import type { ResolvedMount } from "./userMounts.ts";

/** What the system itself lives on: labelled for a container, the host could no longer use it, and Docker refuses it too. */
const systemTrees: ReadonlySet<string> = new Set(
  "/ /bin /boot /dev /etc /home /lib /lib64 /media /mnt /opt /proc /root /run /sbin /srv /sys /tmp /usr /usr/bin /usr/lib /usr/sbin /var /var/lib /var/log".split(
    " ",
  ),
);

export interface RelabelRequest {
  readonly labels: SelinuxLabels;
  readonly paths: Pick<ContainerPaths, "hosts" | "hostname" | "resolvConf">;
  readonly mounts: readonly ResolvedMount[];
}

/**
 * Which files of the host are to get a container's SELinux label before it starts: those that brig generates, a new volume,
 * and what `:z` and `:Z` ask for. Files of a file system that has no labels stay as they are.
 */
export function planRelabels({ labels, paths, mounts }: RelabelRequest): Pick<LaunchRequest, "relabels"> {
  const seen = readMounts("/proc/self");
  const wanted = [
    { label: labels.mount, path: paths.hosts },
    { label: labels.mount, path: paths.hostname },
    { label: labels.mount, path: paths.resolvConf },
    ...mounts.flatMap((mount) => {
      if (mount.kind === "volume" && mount.copyUp) return [{ label: labels.shared, path: mount.source }];
      if (mount.kind !== "bind" || mount.relabel === undefined) return [];
      return [{ label: mount.relabel === "shared" ? labels.shared : labels.mount, path: mount.source }];
    }),
  ].filter(({ path }) => takesLabels(path, seen));
  const distinct = [...new Set(wanted.map(({ label }) => label))];
  const relabels = distinct.map((label) => ({
    label,
    paths: wanted.filter((one) => one.label === label).map(({ path }) => path),
  }));
  return relabels.length === 0 ? {} : { relabels };
}

/** @throws EngineError `invalidValue` for a mount that would label a directory of the system itself. */
export function refuseSystemTrees(mounts: readonly MountRequest[]): void {
  for (const mount of mounts) {
    if (mount.kind !== "bind" || mount.relabel === undefined || !systemTrees.has(mount.source)) continue;
    throw new EngineError("invalidValue", `SELinux relabeling of ${mount.source} is not allowed`, {
      hint: "give the container a directory of its own, or leave z and Z out",
    });
  }
}

/** Whether files at a path can have labels of their own: the mount they are on says so (`seclabel`, proc_pid_mountinfo(5)). */
export function takesLabels(path: string, mounts: readonly SeenMount[]): boolean {
  return mountOf(path, mounts)?.superOptions.split(",").includes("seclabel") === true;
}
