import { readMounts } from "../../host/index.ts";
import { withoutSteps } from "../alterPlan.ts";
import { type Lab, verdict } from "../lab.ts";

/** No private mounts: what the helper mounts shows on the machine, and stays there. */
export const mountLeak: Lab = {
  number: 1,
  id: "mount-leak",
  title: { en: "The mounts that stayed behind", ko: "남겨진 마운트" },
  story: {
    en: "Every start of the container leaves mounts on the machine. They are listed by `mount` although nobody made them by hand, and they are still there when the container has ended.",
    ko: "컨테이너를 시작할 때마다 머신에 마운트가 남습니다. 직접 마운트한 적이 없는데도 `mount` 목록에 나타나고, 컨테이너가 끝난 뒤에도 그대로 있습니다.",
  },
  task: {
    en: "Find the step of the plan that keeps the helper's mounts to itself, and put it back.",
    ko: "도우미(helper)가 만든 마운트를 바깥에 보이지 않게 하는 계획의 단계를 찾아 되돌려 놓으세요.",
  },
  hints: [
    {
      en: "Run `brig lab shell 1 mount` and look for the directory of the container. What is mounted there, and which steps of `brig explain lab` mounted it?",
      ko: "`brig lab shell 1 mount`를 실행해 컨테이너 디렉터리를 찾아보세요. 무엇이 마운트되어 있고, `brig explain lab`의 어느 단계가 그것을 마운트했습니까?",
    },
    {
      en: "A process sees the mounts of its mount namespace, and whoever is in the same namespace sees the same mounts. In which namespace did the helper work? Compare the steps before mnt.stage with those of `brig plan run lab`.",
      ko: "프로세스는 자기 마운트 네임스페이스의 마운트를 보고, 같은 네임스페이스에 있는 프로세스는 모두 같은 마운트를 봅니다. 도우미는 어느 네임스페이스에서 일했습니까? mnt.stage 앞의 단계들을 `brig plan run lab`의 단계들과 비교해 보세요.",
    },
    { en: "The missing step is called mnt.private.", ko: "빠진 단계의 이름은 mnt.private입니다." },
  ],
  solution: {
    en: "mnt.private is unshare(CLONE_NEWNS) followed by mount_setattr with MS_PRIVATE on the whole tree. Without it the helper mounts its staging tmpfs, the layers and the overlay in the namespace that it was started in, where everybody sees them and nothing takes them away. With it they are in a namespace of the helper's own, which goes with its last process. unshare alone would not be enough on a machine whose mounts are shared, as systemd makes them: a copy of a shared mount is its peer, and what is mounted below one shows below the other.",
    ko: "mnt.private는 unshare(CLONE_NEWNS)를 하고, 이어서 트리 전체에 MS_PRIVATE를 mount_setattr로 적용합니다. 이 단계가 없으면 도우미는 준비용 tmpfs와 레이어와 overlay를 자신이 시작된 네임스페이스에 마운트합니다. 그러면 모두에게 보이고, 아무도 치우지 않습니다. 이 단계가 있으면 마운트는 도우미만의 네임스페이스에 있다가 그 안의 마지막 프로세스와 함께 사라집니다. 마운트가 shared인 머신(systemd가 그렇게 만듭니다)에서는 unshare만으로 부족합니다. shared 마운트의 사본은 원본과 피어(peer)가 되어, 한쪽에 마운트한 것이 다른 쪽에도 나타나기 때문입니다.",
  },
  request: { command: ["sleep", "infinity"], init: true },
  fault: {
    kind: "steps",
    breakPlan: (plan) => withoutSteps(plan, ["mnt.private"]),
    answer: ["mnt.private"],
  },
  async check({ machinePid, directories, engine, state }) {
    const { running } = await state();
    const [container] = await engine.containers({ all: true });
    const own = `${directories.root}/containers/${container?.id ?? ""}`;
    const mounts = readMounts(`/proc/${machinePid}`).filter(({ point }) => point.startsWith(own));
    const [first] = mounts;
    if (first !== undefined) {
      return verdict(false, {
        en: `The machine has ${mounts.length} mounts of this container, the first at ${first.point}.`,
        ko: `머신에 이 컨테이너의 마운트가 ${mounts.length}개 있습니다. 첫 번째는 ${first.point}입니다.`,
      });
    }
    if (!running) return verdict(false, { en: "The container does not run.", ko: "컨테이너가 실행 중이 아닙니다." });
    return verdict(true, {
      en: "The container runs, and the machine has no mount of it.",
      ko: "컨테이너가 실행 중이고, 머신에는 그 마운트가 없습니다.",
    });
  },
};
