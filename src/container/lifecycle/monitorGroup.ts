import { mkdirSync } from "node:fs";
import { fileSystemError, readFileIfExists } from "../../base/index.ts";
import { unitGroups } from "../../cgroups/index.ts";
import type { LaunchRequest } from "../../launch/index.ts";

/**
 * The group that the monitor of a detached container moves to, made when it is not there: when a service ends, systemd kills
 * what is left in its group (systemd.kill(5)), and the monitor of a container that was started by one would be. Everywhere
 * else it stays in the group of its caller, as moving a process takes the kernel 10 ms.
 *
 * @throws EngineError `fileSystem`.
 */
export function monitorGroup({ cgroup }: Pick<LaunchRequest, "cgroup">): { readonly group?: string } {
  const unit = cgroup?.unit;
  if (unit === undefined || !isInService(readFileIfExists("/proc/self/cgroup") ?? "")) return {};
  const group = unitGroups(unit).monitors;
  try {
    mkdirSync(group, { recursive: true });
  } catch (error) {
    throw fileSystemError(error, "make the group", group);
  }
  return { group };
}

/** The launch of a detached container. */
export function withMonitorPlace(launch: LaunchRequest): LaunchRequest {
  return { ...launch, monitor: { ...launch.monitor, ...monitorGroup(launch) } };
}

/** @param text of /proc/PID/cgroup: `0::/system.slice/cron.service` (cgroups(7)). */
export function isInService(text: string): boolean {
  const line = text.split("\n").find((candidate) => candidate.startsWith("0::")) ?? "";
  return line.split("/").some((name) => name.endsWith(".service"));
}
