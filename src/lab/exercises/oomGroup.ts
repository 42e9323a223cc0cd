import { withoutSteps } from "../alterPlan.ts";
import { type Lab, verdict } from "../lab.ts";

/** The OOM killer takes one process, unless the group is to go as a whole. */
export const oomGroup: Lab = {
  number: 19,
  id: "oom-group",
  title: { en: "Half a service", ko: "반쪽만 남은 서비스" },
  story: {
    en: 'The worker of the service needs more memory than the container may use, and is killed. The container, however, stays "Up": its main process waits for a worker that will never answer, and no restart policy helps, because nothing has ended.',
    ko: '서비스의 작업 프로세스가 컨테이너의 한도보다 많은 메모리를 쓰려다 죽습니다. 그런데 컨테이너는 계속 "Up"입니다. 주 프로세스는 영영 답하지 않을 작업 프로세스를 기다리고, 끝난 것이 없으니 재시작 정책도 소용이 없습니다.',
  },
  task: {
    en: "Let the whole container end when one of its processes runs out of memory.",
    ko: "프로세스 하나가 메모리 부족으로 죽으면 컨테이너 전체가 끝나게 하세요.",
  },
  needs: ["memory"],
  hints: [
    {
      en: "`brig exec lab cat /sys/fs/cgroup/memory.events` counts what happened; `brig top lab` shows who is left.",
      ko: "`brig exec lab cat /sys/fs/cgroup/memory.events`에는 일어난 일의 횟수가, `brig top lab`에는 남은 프로세스가 나옵니다.",
    },
    {
      en: "A file of the group says whether the OOM killer treats it as one workload. Compare the steps that begin with cg.memory.",
      ko: "OOM killer가 그룹을 작업 하나로 다룰지 정하는 파일이 그룹에 있습니다. cg.memory로 시작하는 단계들을 비교해 보세요.",
    },
    { en: "The missing step is cg.memory.oom.group.", ko: "빠진 단계는 cg.memory.oom.group입니다." },
  ],
  solution: {
    en: "When a group cannot reclaim enough, the OOM killer chooses the process in it that uses most, and kills that one. With memory.oom.group = 1 it kills all processes of the group together. The container then ends with status 137, brig why says that it was memory, and the restart policy does its work. cgroup v2 has 0 as the default; brig writes 1, because half a workload is seldom what anyone wants.",
    ko: "그룹이 메모리를 충분히 회수하지 못하면 OOM killer는 그 안에서 가장 많이 쓰는 프로세스를 골라 죽입니다. memory.oom.group이 1이면 그룹의 프로세스를 모두 함께 죽입니다. 그러면 컨테이너가 상태 137로 끝나고, brig why가 메모리 때문이라고 알려 주며, 재시작 정책도 제 일을 합니다. cgroup v2의 기본값은 0이지만, 작업의 절반만 남기를 바라는 경우는 드물기 때문에 brig는 1을 씁니다.",
  },
  request: {
    command: ["sh", "-c", "tail /dev/zero & wait; exec sleep infinity"],
    limits: { memoryBytes: 16 * 1024 * 1024, memorySwapBytes: 16 * 1024 * 1024 },
  },
  fault: {
    kind: "steps",
    breakPlan: (plan) => withoutSteps(plan, ["cg.memory.oom.group"]),
    answer: ["cg.memory.oom.group"],
  },
  async check({ settle, state, run }) {
    await settle();
    const { running, exitCode } = await state();
    if (!running) {
      return verdict(exitCode === 137, {
        en: `The container has ended as a whole, with status ${exitCode}.`,
        ko: `컨테이너 전체가 상태 ${exitCode}로 끝났습니다.`,
      });
    }
    const { output } = await run(["grep", "-w", "oom_kill", "/sys/fs/cgroup/memory.events"]);
    return verdict(false, {
      en: `The container runs, although memory.events says "${output.trim()}".`,
      ko: `memory.events에는 "${output.trim()}"라고 나오는데 컨테이너는 실행 중입니다.`,
    });
  },
};
