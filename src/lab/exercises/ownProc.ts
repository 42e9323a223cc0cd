import { withStepAfter } from "../alterPlan.ts";
import { type Lab, verdict } from "../lab.ts";

/** The proc of the machine in place of a new one: it shows the processes of another pid namespace. */
export const ownProc: Lab = {
  number: 2,
  id: "own-proc",
  title: { en: "Somebody else's processes", ko: "남의 프로세스가 보인다" },
  story: {
    en: "`ps` in the container lists hundreds of processes that are not its own. A program that knows its own number finds somebody else in /proc under that number. Nevertheless the container has a pid namespace of its own.",
    ko: "컨테이너 안에서 `ps`를 실행하면 컨테이너의 것이 아닌 프로세스가 잔뜩 나옵니다. 프로그램이 자기 번호로 /proc을 열면 다른 프로세스가 나옵니다. 그런데도 컨테이너에는 자신의 pid 네임스페이스가 있습니다.",
  },
  task: {
    en: "Make /proc show the processes of the container, and only those.",
    ko: "/proc에 컨테이너의 프로세스만 보이도록 고치세요.",
  },
  hints: [
    {
      en: "Compare `brig exec lab ps` with `brig top lab`, both in `brig lab shell 2`. One of them asks the kernel through the container's /proc, the other does not.",
      ko: "`brig lab shell 2` 안에서 `brig exec lab ps`와 `brig top lab`을 비교해 보세요. 하나는 컨테이너의 /proc을 거쳐 커널에 묻고, 다른 하나는 그렇지 않습니다.",
    },
    {
      en: "A proc file system shows the pid namespace of whoever mounted it, wherever it is looked at from. Which steps of `brig explain lab` have to do with /proc, and which of `brig plan run lab`?",
      ko: "proc 파일 시스템은 어디에서 보든, 그것을 마운트한 프로세스의 pid 네임스페이스를 보여 줍니다. `brig explain lab`의 단계 가운데 /proc에 관한 것과 `brig plan run lab`의 것을 비교해 보세요.",
    },
    {
      en: "There are two mounts on /proc: the container's own, and another one over it. The step mnt./proc.shown is not in the plan of brig; name it to lab fix, and it goes.",
      ko: "/proc에는 마운트가 두 개 있습니다. 컨테이너 자신의 것과, 그 위를 덮은 다른 것입니다. mnt./proc.shown은 brig의 계획에 없는 단계입니다. lab fix에 이 이름을 주면 없어집니다.",
    },
  ],
  solution: {
    en: "The machine's proc was shown in the container, by open_tree and move_mount, like a bind mount, and it covered the container's own. The pid namespace that a proc belongs to is fixed when it is mounted, so this one shows every process of the machine under its number there, the container's own as well: a process is number 1 for itself and some thousand in this /proc. Nothing could be done to those processes from here, but their names and arguments could be read. mnt./proc mounts a new proc from inside the new pid namespace. The kernel allows that only to the owner of that namespace, which is why the user namespace has to come first.",
    ko: "컨테이너 자신의 proc 위에 머신의 proc이 open_tree와 move_mount로, 곧 바인드 마운트처럼 덮여 있었습니다. proc이 어느 pid 네임스페이스에 속하는지는 마운트할 때 정해집니다. 그래서 머신의 모든 프로세스가 머신에서의 번호로 나타나고, 컨테이너의 프로세스도 마찬가지입니다. 자신에게는 1번인 프로세스가 이 /proc에서는 수천 번대입니다. 여기서 그 프로세스들을 건드릴 수는 없지만 이름과 인자는 읽을 수 있었습니다. mnt./proc은 새 pid 네임스페이스 안에서 새 proc을 마운트합니다. 커널은 그 네임스페이스의 소유자에게만 이를 허용하므로 사용자 네임스페이스가 먼저 있어야 합니다.",
  },
  request: { command: ["sleep", "infinity"], init: true },
  fault: {
    kind: "steps",
    breakPlan: (plan) => {
      const open = { as: "shown", path: "/proc", recursive: 1 };
      const cover = { tree: "shown", target: "/proc", nosymlinks: 1 };
      const opened = withStepAfter(plan, "mnt.private", {
        id: "shown.open",
        phase: "host",
        op: "openTree",
        fields: open,
      });
      return withStepAfter(opened, "mnt./proc", { id: "mnt./proc.shown", phase: "child", op: "attach", fields: cover });
    },
    answer: ["mnt./proc.shown"],
  },
  async check({ run }) {
    const { output } = await run(["sh", "-c", "read shown rest < /proc/self/stat; echo $$ $shown; ps -o pid"]);
    const [numbers = "", ...processes] = output.trim().split("\n");
    const [own, shown] = numbers.split(" ");
    const listed = processes.length - 1;
    if (own === shown) {
      return verdict(true, {
        en: `A process of the container that is number ${own} finds itself in /proc under that number; ps lists ${listed}.`,
        ko: `컨테이너의 ${own}번 프로세스가 /proc에서 같은 번호로 자신을 찾고, ps는 프로세스 ${listed}개를 보여 줍니다.`,
      });
    }
    return verdict(false, {
      en: `A process of the container that is number ${own} is number ${shown} in its /proc, among ${listed} others.`,
      ko: `컨테이너의 ${own}번 프로세스가 /proc에는 ${shown}번으로 나와 있고, 함께 보이는 프로세스가 ${listed}개입니다.`,
    });
  },
};
