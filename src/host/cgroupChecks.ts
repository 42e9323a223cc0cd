import { check, type DoctorCheck, fail, warn } from "./doctorCheck.ts";
import type { CgroupFacts, ControllerPlace } from "./hostFacts.ts";

/** What each controller is for, in the words of `run`'s flags. */
const flagsOf: Readonly<Record<string, string>> = {
  cpu: "--cpus, --cpu-shares",
  cpuset: "--cpuset-cpus, --cpuset-mems",
  io: "--blkio-weight, --device-read-bps and the like",
  memory: "--memory, --memory-swap",
  pids: "--pids-limit",
  hugetlb: "--cgroup-conf hugetlb.*",
};

/** The v2 hierarchy and each controller: offered, or where it is instead. */
export function cgroupChecks(cgroup: CgroupFacts): readonly DoctorCheck[] {
  return [hierarchy(cgroup), ...cgroup.controllers.filter(({ name }) => name in flagsOf).map(controller), swap(cgroup)];
}

function hierarchy({ mountPoint, isRealRoot }: CgroupFacts): DoctorCheck {
  const title = "cgroup v2";
  if (mountPoint === undefined) {
    return check("cgroup", title, fail("not mounted", "mount it: mount -t cgroup2 none /sys/fs/cgroup"));
  }
  if (isRealRoot) return check("cgroup", title, `mounted at ${mountPoint}`);
  const advice = "limits work only when no process sits in the top group of the mount: move them to a group below it";
  return check("cgroup", title, warn(`a part of the hierarchy is mounted at ${mountPoint}`, advice));
}

function controller(place: ControllerPlace): DoctorCheck {
  const id = `controller-${place.name}`;
  const title = `${place.name} controller`;
  const flags = flagsOf[place.name] ?? "";
  switch (place.state) {
    case "offered":
      return check(id, title, "offered to cgroup v2");
    case "v1": {
      const found = `bound to cgroup v1${place.mountPoint === undefined ? "" : ` at ${place.mountPoint}`}`;
      const parameter = "systemd.unified_cgroup_hierarchy=1, without systemd cgroup_no_v1=all";
      return check(id, title, warn(found, `for ${flags} boot with ${parameter} on the kernel command line`));
    }
    case "occupied":
      return check(
        id,
        title,
        warn("kept by the top group", `for ${flags} move the processes of the top group to a group below it`),
      );
    case "disabled":
      return check(
        id,
        title,
        warn("disabled at boot", `for ${flags} remove cgroup_disable= from the kernel command line`),
      );
    case "absent":
      return check(
        id,
        title,
        warn("not in this kernel", `for ${flags} use a kernel with the ${place.name} controller`),
      );
  }
}

function swap(cgroup: CgroupFacts): DoctorCheck {
  const memory = cgroup.controllers.some(({ name, state }) => name === "memory" && state === "offered");
  const title = "swap accounting";
  if (!cgroup.swap) {
    return check("swap", title, warn("this kernel cannot swap", "--memory-swap has no effect here, and needs none"));
  }
  if (!memory)
    return check("swap", title, warn("no memory controller", "--memory-swap comes with the memory controller"));
  return check("swap", title, "with the memory controller");
}
