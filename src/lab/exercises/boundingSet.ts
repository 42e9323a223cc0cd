import { withoutSteps } from "../alterPlan.ts";
import { type Lab, verdict } from "../lab.ts";
import { capabilitiesOf } from "../processFacts.ts";

/** CAP_SYS_ADMIN of linux/capability.h. */
const sysAdmin = 21n;

/** execve(2) by root gives back whatever the bounding set does not forbid. */
export const boundingSet: Lab = {
  number: 9,
  id: "bounding-set",
  title: { en: "The capabilities that came back", ko: "되살아난 권한" },
  story: {
    en: "The plan says exactly which capabilities the program may have, and the step priv.capabilities is carried out without an error. Yet the program has every capability there is, CAP_SYS_ADMIN among them.",
    ko: "계획에는 프로그램이 가질 권한(capability)이 정확히 적혀 있고, priv.capabilities 단계도 오류 없이 실행됩니다. 그런데 프로그램은 CAP_SYS_ADMIN을 포함해 모든 권한을 갖고 있습니다.",
  },
  task: {
    en: "Let the program have the capabilities of the plan and no others.",
    ko: "프로그램이 계획에 적힌 권한만 갖게 하세요.",
  },
  hints: [
    {
      en: "`grep Cap /proc/1/status`, by brig exec, shows five sets. `brig plan run lab` has the number that CapEff should be, in decimal.",
      ko: "brig exec으로 `grep Cap /proc/1/status`를 실행하면 다섯 가지 집합이 보입니다. CapEff가 되어야 할 값은 `brig plan run lab`에 10진수로 있습니다.",
    },
    {
      en: 'capabilities(7), "Transformation of capabilities during execve()": for a program run by uid 0, the new permitted set is computed anew. Which set limits it?',
      ko: 'capabilities(7)의 "Transformation of capabilities during execve()"를 보세요. uid 0이 실행하는 프로그램의 permitted 집합은 새로 계산됩니다. 그 한계를 정하는 집합은 어느 것입니까?',
    },
    { en: "The missing step is priv.bounding.", ko: "빠진 단계는 priv.bounding입니다." },
  ],
  solution: {
    en: "capset(2) changes what the process has now. The last thing that it does is execve, and for uid 0 the kernel then acts as if the file had every capability: the new permitted set is everything that is in the bounding set. Only PR_CAPBSET_DROP (priv.bounding) takes a capability away for good. It needs CAP_SETPCAP, so it has to come before the step that gives up the capabilities.",
    ko: "capset(2)은 프로세스가 지금 가진 것을 바꿉니다. 그런데 프로세스가 마지막으로 하는 일은 execve이고, uid 0이면 커널은 그 파일에 모든 권한이 있는 것처럼 처리합니다. 새 permitted 집합은 bounding 집합에 있는 것 전부입니다. 권한을 영영 없애는 것은 PR_CAPBSET_DROP(priv.bounding)뿐입니다. 여기에는 CAP_SETPCAP이 필요하므로 권한을 내려놓는 단계보다 먼저 와야 합니다.",
  },
  request: { command: ["sleep", "infinity"], init: false },
  fault: { kind: "steps", breakPlan: (plan) => withoutSteps(plan, ["priv.bounding"]), answer: ["priv.bounding"] },
  async check({ state }) {
    const { pid, running } = await state();
    if (!running) return verdict(false, { en: "The container does not run.", ko: "컨테이너가 실행 중이 아닙니다." });
    const effective = capabilitiesOf(pid);
    const shown = effective.toString(16).padStart(16, "0");
    if ((effective >> sysAdmin) % 2n === 1n) {
      return verdict(false, {
        en: `CapEff of the program is ${shown}, and CAP_SYS_ADMIN is among them.`,
        ko: `프로그램의 CapEff는 ${shown}이고, CAP_SYS_ADMIN이 들어 있습니다.`,
      });
    }
    return verdict(true, {
      en: `CapEff of the program is ${shown}, without CAP_SYS_ADMIN.`,
      ko: `프로그램의 CapEff는 ${shown}이고, CAP_SYS_ADMIN이 없습니다.`,
    });
  },
};
