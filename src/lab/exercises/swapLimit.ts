import { withoutSteps } from "../alterPlan.ts";
import { type Lab, verdict } from "../lab.ts";

const limitBytes = 32 * 1024 * 1024;

/** memory.max limits memory; what is swapped out is not in it. */
export const swapLimit: Lab = {
  number: 18,
  id: "swap-limit",
  title: { en: "The limit with a back door", ko: "뒷문이 열린 메모리 한도" },
  story: {
    en: "The container may use 32 MiB, and not a byte more of memory. All the same, a program in it allocates hundreds of MiB, the disk is busy, and the whole machine becomes slow.",
    ko: "컨테이너가 쓸 수 있는 메모리는 32 MiB뿐입니다. 그런데도 안의 프로그램이 수백 MiB를 할당하고, 디스크가 바빠지고, 머신 전체가 느려집니다.",
  },
  task: { en: "Make the limit hold for memory and swap together.", ko: "한도가 메모리와 스왑에 함께 적용되게 하세요." },
  needs: ["memory"],
  hints: [
    {
      en: "The container sees its own group: `brig exec lab grep . /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory.swap.max`.",
      ko: "컨테이너는 자신의 그룹을 볼 수 있습니다: `brig exec lab grep . /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory.swap.max`.",
    },
    {
      en: "When a group reaches memory.max, the kernel first reclaims: it writes pages to swap, as much as memory.swap.max allows. Which step of the plan sets that?",
      ko: "그룹이 memory.max에 닿으면 커널은 먼저 회수를 합니다. memory.swap.max가 허용하는 만큼 페이지를 스왑에 씁니다. 이 값을 정하는 단계는 어느 것입니까?",
    },
    { en: "The missing step is cg.memory.swap.max.", ko: "빠진 단계는 cg.memory.swap.max입니다." },
  ],
  solution: {
    en: "In cgroup v2, memory and swap are two accounts. Docker's --memory-swap is their sum, and when it is left out the sum is twice --memory: so brig writes memory.swap.max as well, 32 MiB of swap here. Without that file the group may use all the swap there is, and a leak shows as a slow machine instead of as an OOM kill. memory.max is written last, when everything softer is in place.",
    ko: "cgroup v2에서 메모리와 스왑은 따로 계산됩니다. Docker의 --memory-swap은 둘의 합이고, 지정하지 않으면 --memory의 두 배입니다. 그래서 brig는 memory.swap.max도 씁니다. 여기서는 스왑 32 MiB입니다. 이 값이 없으면 그룹은 스왑을 있는 대로 쓸 수 있고, 메모리 누수는 OOM kill 대신 느려진 머신으로 나타납니다. memory.max는 더 느슨한 설정이 모두 자리 잡은 뒤 마지막에 씁니다.",
  },
  request: { command: ["sleep", "infinity"], init: true, limits: { memoryBytes: limitBytes } },
  fault: {
    kind: "steps",
    breakPlan: (plan) => withoutSteps(plan, ["cg.memory.swap.max"]),
    answer: ["cg.memory.swap.max"],
  },
  async check({ run }) {
    const { output } = await run(["cat", "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.swap.max"]);
    const [memory = "", swap = ""] = output.trim().split("\n");
    const evidence = {
      en: `memory.max is ${memory}, memory.swap.max is ${swap}.`,
      ko: `memory.max는 ${memory}, memory.swap.max는 ${swap}입니다.`,
    };
    return verdict(Number(memory) === limitBytes && Number(swap) <= limitBytes, evidence);
  },
};
