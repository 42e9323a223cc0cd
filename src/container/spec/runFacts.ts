import { readFileSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { errnoOf, readBoundedFile, readFileIfExists } from "../../base/index.ts";
import { parseHardLimits, processorsWithThermalThrottle } from "../../launch/index.ts";
import type { UsernsReason } from "../../namespaces/index.ts";
import type { FilledOptions } from "../fillDefaults.ts";
import { type HostFiles, onlyLoopbackResolvers } from "./etcFiles.ts";
import { type FoundDevice, findDevices, listDevices } from "./hostDevices.ts";

/** What the container room itself must know of the host before it can decide. All of it is data. */
export interface RunFacts {
  readonly hostFiles: HostFiles;
  /** Hard limits of the caller by Docker's names; -1 is unlimited. */
  readonly hardLimits: ReadonlyMap<string, number>;
  readonly oomScoreAdj: number;
  readonly processors: readonly number[];
  readonly devices: readonly FoundDevice[];
  /** The text of the profile that `--security-opt seccomp=FILE` names. */
  readonly seccompText?: string;
}

/**
 * Gathers the facts for one container. Reads files of the host only; nothing is changed.
 *
 * @throws EngineError `invalidValue` for a device that is none, `fileSystem` for an unreadable seccomp profile, `limitExceeded` for a large one.
 */
export function gatherRunFacts(options: FilledOptions, seccompPath: string | undefined): RunFacts {
  return {
    hostFiles: readHostFiles(),
    hardLimits: parseHardLimits(readFileSync("/proc/self/limits", "utf8")),
    oomScoreAdj: Number(readFileSync("/proc/self/oom_score_adj", "utf8")),
    processors: processorsWithThermalThrottle(),
    devices: [...(options.privileged ? listDevices("/dev") : []), ...findDevices(options.devices)],
    ...(seccompPath === undefined ? {} : { seccompText: readProfile(seccompPath) }),
  };
}

const resolvedUpstream = "/run/systemd/resolve/resolv.conf";

function readHostFiles(): HostFiles {
  const resolvConf = readFileIfExists("/etc/resolv.conf") ?? "";
  // systemd-resolved's stub listens on the host's loopback only; the servers behind it are listed beside it.
  const upstream = onlyLoopbackResolvers(resolvConf) ? readFileIfExists(resolvedUpstream) : undefined;
  return {
    hosts: readFileIfExists("/etc/hosts") ?? "",
    resolvConf: upstream ?? resolvConf,
    hostname: readFileSync("/proc/sys/kernel/hostname", "utf8").trim(),
  };
}

const maxProfileBytes = 1024 * 1024;

function readProfile(path: string): string {
  return readBoundedFile({ path, maxBytes: maxProfileBytes, what: "the seccomp profile" }).toString("utf8");
}

/** statfs(2) magic numbers of file systems that cannot be attached with an id map, and their names. */
const withoutIdmap: ReadonlyMap<number, string> = new Map([
  [0x794c7630, "overlayfs"],
  [0x6969, "NFS"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB"],
  [0x01021997, "9p"],
  [0x62656572, "sysfs"],
  [0x9fa0, "procfs"],
  [0x64626720, "debugfs"],
  [0x63677270, "cgroup2"],
  [0x27e0eb, "cgroup"],
  [0x65735546, "FUSE"],
]);

/**
 * Why the files of these directories cannot be shown with the ids of a user namespace, one reason for each directory.
 * A directory that does not exist yet is judged by the nearest parent that does.
 */
export function idmapObstacles(
  sources: readonly { readonly path: string; readonly option: string }[],
): readonly UsernsReason[] {
  return sources.flatMap(({ path, option }) => {
    const name = withoutIdmap.get(fileSystemType(path));
    return name === undefined ? [] : [{ option, why: `${name} takes no id map` }];
  });
}

function fileSystemType(path: string): number {
  try {
    return statfsSync(path).type;
  } catch (error) {
    // What cannot be looked at is reported by whoever opens it.
    return errnoOf(error) === "ENOENT" && path !== "/" ? fileSystemType(dirname(path)) : 0;
  }
}
