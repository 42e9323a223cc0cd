import { compileDeviceFilter, forbidAllDevices } from "../../launch/index.ts";
import { withFields } from "../alterPlan.ts";
import { type Lab, verdict } from "../lab.ts";

/** /dev/null and the terminals, and nothing else: the rules of somebody who forgot random numbers. */
function tooStrict(): string {
  const character = { allow: true, type: "c", access: "rwm" } as const;
  const rules = [forbidAllDevices, { ...character, major: 1, minor: 3 }, { ...character, major: 136 }];
  return Buffer.from(compileDeviceFilter(rules)).toString("hex");
}

/** A node that is there, and a filter that does not let it be opened. */
export const deviceFilter: Lab = {
  number: 13,
  id: "device-filter",
  title: { en: "The device that is there and does not open", ko: "있는데 열리지 않는 장치" },
  story: {
    en: 'The program needs random numbers. /dev/urandom is there, with the right numbers 1 and 9 and the mode rw-rw-rw-, and opening it fails: "Operation not permitted".',
    ko: '프로그램에 난수가 필요합니다. /dev/urandom은 있고, 번호도 1과 9로 맞고, 모드도 rw-rw-rw-입니다. 그런데 열면 "Operation not permitted"로 실패합니다.',
  },
  task: { en: "Let the container read /dev/urandom.", ko: "컨테이너가 /dev/urandom을 읽게 하세요." },
  hints: [
    {
      en: "Another mode would give EACCES, a missing device ENXIO. EPERM on open of a device comes from somewhere else: not from the file, but from a group.",
      ko: "모드 때문이라면 EACCES, 장치가 없다면 ENXIO입니다. 장치를 열 때의 EPERM은 다른 곳, 파일이 아니라 그룹에서 옵니다.",
    },
    {
      en: "A program of BPF is attached to the container's cgroup and is asked for every device that is opened or made. Compare the sizes of the step cg.devices in `brig explain lab` and `brig plan run lab`.",
      ko: "컨테이너의 cgroup에 BPF 프로그램이 붙어 있고, 장치를 열거나 만들 때마다 커널이 여기에 묻습니다. `brig explain lab`과 `brig plan run lab`에서 cg.devices 단계를 비교해 보세요.",
    },
    { en: "Put back cg.devices.", ko: "cg.devices를 되돌려 놓으세요." },
  ],
  solution: {
    en: "cgroup v2 has no files for devices. A BPF program of the type CGROUP_DEVICE decides instead: it gets type, numbers and access, and returns 1 or 0; 0 is EPERM, whatever the file says. The filter here allowed /dev/null and terminals only. brig's own allows the harmless ones that every program expects: null, zero, full, random, urandom, tty. It is attached before the container is born in the group, so there is no moment without it.",
    ko: "cgroup v2에는 장치를 위한 파일이 없습니다. 대신 CGROUP_DEVICE 유형의 BPF 프로그램이 결정합니다. 프로그램은 종류와 번호와 접근 방식을 받아 1이나 0을 돌려줍니다. 0이면 파일이 어떻든 EPERM입니다. 여기 붙은 필터는 /dev/null과 터미널만 허용했습니다. brig의 필터는 모든 프로그램이 기대하는 무해한 장치, 곧 null, zero, full, random, urandom, tty를 허용합니다. 컨테이너가 그 그룹에서 태어나기 전에 붙이므로 필터가 없는 순간은 없습니다.",
  },
  request: { command: ["sleep", "infinity"], init: true },
  fault: {
    kind: "steps",
    breakPlan: (plan) => withFields(plan, "cg.devices", { fields: { program: tooStrict() } }),
    answer: ["cg.devices"],
  },
  async check({ run }) {
    const { exitCode, output } = await run(["sh", "-c", "head -c 8 /dev/urandom | wc -c"]);
    const bytes = output.trim().split("\n").at(-1);
    return exitCode === 0 && bytes === "8"
      ? verdict(true, { en: "8 bytes were read from /dev/urandom.", ko: "/dev/urandom에서 8바이트를 읽었습니다." })
      : verdict(false, {
          en: `/dev/urandom cannot be read: ${output.trim().split("\n")[0]}.`,
          ko: `/dev/urandom을 읽을 수 없습니다: ${output.trim().split("\n")[0]}.`,
        });
  },
};
