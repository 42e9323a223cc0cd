import { check, type DoctorCheck, type DoctorMessages, fail, type Trouble, warn } from "./doctorCheck.ts";
import type { CgroupFacts, ControllerPlace } from "./hostFacts.ts";

/** What each controller is for, in the words of `run`'s flags. */
const flagsOf: Readonly<Record<string, string>> = {
  cpu: "--cpus, --cpu-shares",
  cpuset: "--cpuset-cpus, --cpuset-mems",
  io: "--blkio-weight, --device-read-bps",
  memory: "--memory, --memory-swap",
  pids: "--pids-limit",
  hugetlb: "--cgroup-conf hugetlb.*",
};

/** The v2 hierarchy and each controller: offered, or where it is instead. */
export function cgroupChecks(cgroup: CgroupFacts, words: DoctorMessages): readonly DoctorCheck[] {
  const known = cgroup.controllers.filter(({ name }) => name in flagsOf);
  return [hierarchy(cgroup, words), ...known.map((place) => controller(place, words)), swap(cgroup, words)];
}

function hierarchy({ mountPoint, isRealRoot }: CgroupFacts, { cgroup: words }: DoctorMessages): DoctorCheck {
  if (mountPoint === undefined) return check("cgroup", words.title, fail(words.notMounted, words.mount));
  const path = mountPoint;
  return check(
    "cgroup",
    words.title,
    isRealRoot ? words.mounted({ path }) : warn(words.part({ path }), words.partAdvice),
  );
}

function controller(place: ControllerPlace, { controller: words }: DoctorMessages): DoctorCheck {
  const { name, state } = place;
  const flags = { flags: flagsOf[name] ?? "" };
  const say = (outcome: string | Trouble) => check(`controller-${name}`, words.title({ name }), outcome);
  switch (state) {
    case "offered":
      return say(words.offered);
    case "v1": {
      const { mountPoint: path } = place;
      return say(warn(path === undefined ? words.v1 : words.v1At({ path }), words.v1Advice(flags)));
    }
    case "occupied":
      return say(warn(words.occupied, words.occupiedAdvice(flags)));
    case "disabled":
      return say(warn(words.disabled, words.disabledAdvice(flags)));
    case "absent":
      return say(warn(words.absent, words.absentAdvice({ ...flags, name })));
  }
}

function swap(cgroup: CgroupFacts, { swap: words }: DoctorMessages): DoctorCheck {
  const memory = cgroup.controllers.some(({ name, state }) => name === "memory" && state === "offered");
  if (!cgroup.swap) return check("swap", words.title, warn(words.noSwap, words.noSwapAdvice));
  return check("swap", words.title, memory ? words.good : warn(words.noMemory, words.noMemoryAdvice));
}
