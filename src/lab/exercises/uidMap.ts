import { withoutSteps } from "../alterPlan.ts";
import { type Lab, verdict } from "../lab.ts";
import { idMapOf } from "../processFacts.ts";

/** A user namespace without an id map: its processes are nobody, and may become nobody else. */
export const uidMap: Lab = {
  number: 7,
  id: "uid-map",
  title: { en: "Root that is nobody", ko: "아무도 아닌 root" },
  story: {
    en: "The container does not start. The step that fails asks for something harmless, and the kernel answers EINVAL or EPERM, although brig runs as root.",
    ko: "컨테이너가 시작되지 않습니다. 실패한 단계는 대수롭지 않은 것을 요청했을 뿐이고, brig는 root로 실행되는데도 커널은 EINVAL이나 EPERM이라고 답합니다.",
  },
  task: { en: "Let the container start.", ko: "컨테이너가 시작되게 하세요." },
  hints: [
    {
      en: "`brig explain lab` in `brig lab shell 7` ends with the failed call. It is the victim; look at the steps before it, from clone on.",
      ko: "`brig lab shell 7` 안에서 `brig explain lab`을 실행하면 실패한 호출이 끝에 나옵니다. 그 단계는 피해자입니다. clone부터 그 앞까지의 단계를 보세요.",
    },
    {
      en: "A new user namespace maps no ids. Until somebody outside has written uid_map and gid_map, no id exists in it: nothing can be mapped with it, and nobody in it can become root.",
      ko: "새 사용자 네임스페이스에는 매핑된 id가 없습니다. 밖에서 uid_map과 gid_map을 쓰기 전까지 그 안에는 어떤 id도 존재하지 않습니다. 그것으로 무엇을 매핑할 수도 없고, 그 안의 누구도 root가 될 수 없습니다.",
    },
    { en: "The missing step is user.map.", ko: "빠진 단계는 user.map입니다." },
  ],
  solution: {
    en: "user.map writes /proc/PID/uid_map and gid_map of the container's first process, once, from outside: 65,536 ids from 0 on, which are 65,536 otherwise unused ids of the machine. Only then do setresuid(0, 0, 0) inside and an idmapped mount of the layers make sense. That the map is written by somebody else is also why the child has to wait for it (user.await).",
    ko: "user.map은 컨테이너 첫 프로세스의 /proc/PID/uid_map과 gid_map을 밖에서 한 번 씁니다. 0부터 65,536개의 id가, 머신에서 달리 쓰이지 않는 id 65,536개에 대응합니다. 그런 다음에야 안에서 setresuid(0, 0, 0)을 하는 것도, 레이어를 idmapped 마운트로 붙이는 것도 의미가 있습니다. 매핑을 다른 프로세스가 쓰기 때문에 자식은 기다려야 합니다(user.await).",
  },
  request: { command: ["sleep", "infinity"], init: true },
  fault: { kind: "steps", breakPlan: (plan) => withoutSteps(plan, ["user.map"]), answer: ["user.map"] },
  async check({ state }) {
    const { running, pid, error } = await state();
    if (!running) {
      return verdict(false, {
        en: `The container does not run: ${error}.`,
        ko: `컨테이너가 실행 중이 아닙니다: ${error}.`,
      });
    }
    const { inside, outside, count } = idMapOf(pid);
    return verdict(true, {
      en: `The container runs; its id ${inside} is ${outside} on the machine, ${count} ids in all.`,
      ko: `컨테이너가 실행 중입니다. 안의 id ${inside}은 머신의 ${outside}이고, 모두 ${count}개입니다.`,
    });
  },
};
