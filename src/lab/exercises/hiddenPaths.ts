import { withoutSteps } from "../alterPlan.ts";
import { type Lab, verdict } from "../lab.ts";

const [mask, seal] = ["mask./proc/interrupts", "readonly./proc/sys"];

/** What of /proc a container may neither see nor change. */
export const hiddenPaths: Lab = {
  number: 12,
  id: "hidden-paths",
  title: { en: "Two windows left open", ko: "열어 둔 창문 두 개" },
  story: {
    en: "A visitor of the container reads how often each device of the machine has interrupted each processor, which tells a lot about what others do, and, because the container may manage its own network (CAP_NET_ADMIN), switches a setting under /proc/sys on. Both should have been impossible.",
    ko: "컨테이너를 쓰는 사람이 머신의 장치가 프로세서에 몇 번 인터럽트를 걸었는지 읽습니다. 남이 무엇을 하는지 꽤 알 수 있는 자료입니다. 그리고 컨테이너가 자기 네트워크를 관리할 수 있으므로(CAP_NET_ADMIN) /proc/sys 아래의 설정을 켭니다. 둘 다 할 수 없어야 하는 일입니다.",
  },
  task: { en: "Close both.", ko: "둘 다 닫으세요." },
  hints: [
    {
      en: "`brig compare lab host` does not show it, `brig plan run lab` does: which steps protect something below /proc, and which of them are missing in `brig explain lab`?",
      ko: "`brig plan run lab`에서 /proc 아래의 무언가를 보호하는 단계를 찾아보세요. 그 가운데 `brig explain lab`에 없는 것은 어느 것입니까?",
    },
    {
      en: "One kind of step covers a path with an empty, read-only mount (mask), the other makes a path read-only (readonly). One of each kind is missing.",
      ko: "한 종류의 단계는 빈 읽기 전용 마운트로 경로를 덮고(mask), 다른 종류는 경로를 읽기 전용으로 만듭니다(readonly). 종류마다 하나씩 빠졌습니다.",
    },
    { en: `brig lab fix 12 ${mask} ${seal}`, ko: `brig lab fix 12 ${mask} ${seal}` },
  ],
  solution: {
    en: "A new proc shows only the container's processes, but beside them a lot that belongs to the whole machine. Files that tell too much are covered, and directories that change something are made read-only, each by a mount over the same place. That works because the container cannot unmount what was mounted before its program ran: it has no CAP_SYS_ADMIN. What it could have changed here is a setting of its own network namespace; other settings below /proc/sys belong to the machine.",
    ko: "새 proc은 컨테이너의 프로세스만 보여 주지만, 그 옆에는 머신 전체에 속하는 것도 많습니다. 너무 많은 것을 알려 주는 파일은 덮고, 무언가를 바꾸는 디렉터리는 읽기 전용으로 만듭니다. 둘 다 같은 자리에 마운트를 얹는 방법입니다. 컨테이너에는 CAP_SYS_ADMIN이 없어서, 프로그램이 실행되기 전에 마운트된 것을 떼어 낼 수 없으므로 이 방법이 통합니다. 여기서 바꿀 수 있었던 것은 자기 네트워크 네임스페이스의 설정이지만, /proc/sys 아래에는 머신의 설정도 있습니다.",
  },
  // Without CAP_NET_ADMIN the kernel lets only root of the machine write there.
  request: { command: ["sleep", "infinity"], init: true, capAdd: ["NET_ADMIN"] },
  fault: { kind: "steps", breakPlan: (plan) => withoutSteps(plan, [mask, seal]), answer: [mask, seal] },
  async check({ run }) {
    const { output } = await run(["sh", "-c", "cat /proc/interrupts 2>/dev/null | wc -l"]);
    const lines = Number(output.trim());
    const { exitCode } = await run(["sh", "-c", "echo 1 2>/dev/null > /proc/sys/net/ipv4/ip_forward"]);
    if (lines > 0) {
      return verdict(false, {
        en: `/proc/interrupts shows ${lines} lines about the machine.`,
        ko: `/proc/interrupts가 머신에 관한 ${lines}줄을 보여 줍니다.`,
      });
    }
    if (exitCode === 0) {
      return verdict(false, {
        en: "/proc/interrupts shows nothing, but /proc/sys/net/ipv4/ip_forward can be written.",
        ko: "/proc/interrupts는 아무것도 보여 주지 않지만, /proc/sys/net/ipv4/ip_forward에 쓸 수 있습니다.",
      });
    }
    return verdict(true, {
      en: "/proc/interrupts shows nothing, and /proc/sys cannot be written.",
      ko: "/proc/interrupts는 아무것도 보여 주지 않고, /proc/sys에는 쓸 수 없습니다.",
    });
  },
};
