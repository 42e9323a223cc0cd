import { EngineError } from "../base/index.ts";
import type { CgroupFacts } from "../host/index.ts";

/**
 * Makes sure that a limit can be set.
 *
 * @param setting what the user asked for, in the user's words: `the memory limit`.
 * @throws EngineError `controllerUnavailable` that says where the controller is instead.
 */
export function requireController(cgroup: CgroupFacts, name: string, setting: string): void {
  const place = cgroup.controllers.find((candidate) => candidate.name === name);
  if (place?.state === "offered") return;
  const { reason, hint } = whereIs(cgroup, name);
  throw new EngineError("controllerUnavailable", `cannot set ${setting}: ${reason}`, {
    hint,
    details: { controller: name, state: place?.state ?? "absent" },
  });
}

/** Why a controller is not offered to cgroup v2, and what would change that. */
function whereIs(cgroup: CgroupFacts, name: string): { readonly reason: string; readonly hint: string } {
  const place = cgroup.controllers.find((candidate) => candidate.name === name);
  const without = "without this limit the container can run";
  if (cgroup.mountPoint === undefined) {
    return { reason: "this host mounts no cgroup v2", hint: `mount cgroup2 on /sys/fs/cgroup; ${without}` };
  }
  if (place?.state === "v1") {
    const where = place.mountPoint === undefined ? "" : ` at ${place.mountPoint}`;
    return {
      reason: `the ${name} controller is bound to cgroup v1${where}`,
      hint: `boot with systemd.unified_cgroup_hierarchy=1 or cgroup_no_v1=all on the kernel command line; ${without}`,
    };
  }
  if (place?.state === "occupied") {
    return {
      reason: `the ${name} controller is kept by the top group of ${cgroup.mountPoint}, which holds processes`,
      hint: `move every process, brig's caller too, to a group below it; ${without}`,
    };
  }
  if (place?.state === "disabled") {
    return {
      reason: `the ${name} controller is disabled`,
      hint: `remove cgroup_disable= from the kernel command line; ${without}`,
    };
  }
  return { reason: `this host offers no ${name} controller`, hint: `use a kernel that has it; ${without}` };
}

/** The controllers, of those that brig sets or reads, that the v2 hierarchy offers. */
export function offeredControllers(cgroup: CgroupFacts): readonly string[] {
  return cgroup.controllers.filter((place) => place.state === "offered").map((place) => place.name);
}
