import { type Lab, verdict } from "../lab.ts";

/** Orphans become children of process 1, which must wait for them (wait(2)). */
export const zombies: Lab = {
  number: 3,
  id: "zombies",
  title: { en: "The processes that will not go", ko: "사라지지 않는 프로세스" },
  story: {
    en: "The service starts small jobs and does not wait for them. Each job does its work, but `ps` shows more and more processes in state Z. Some day no new process can be started.",
    ko: "이 서비스는 작은 작업들을 시작하고 기다리지 않습니다. 작업은 제 일을 마치지만 `ps`에는 상태가 Z인 프로세스가 점점 늘어납니다. 언젠가는 새 프로세스를 시작할 수 없게 됩니다.",
  },
  task: {
    en: "The service itself cannot be changed. Find the flag of `brig run` that helps, and say it: brig lab fix 3 FLAG",
    ko: "서비스 자체는 고칠 수 없습니다. 도움이 되는 `brig run`의 플래그를 찾아 지정하세요: brig lab fix 3 플래그",
  },
  hints: [
    {
      en: "A process that has ended stays a zombie until its parent has asked how it ended. Who is the parent of a process whose parent has ended? See `brig exec lab ps -o pid,ppid,stat,comm`.",
      ko: "끝난 프로세스는 부모가 종료 상태를 물어볼 때까지 좀비로 남습니다. 부모가 먼저 끝난 프로세스의 부모는 누구입니까? `brig exec lab ps -o pid,ppid,stat,comm`을 보세요.",
    },
    {
      en: "The kernel gives orphans to process 1 of the pid namespace. Here that is the service, which does not know that it has such a duty. Something else could be process 1.",
      ko: "커널은 고아 프로세스를 pid 네임스페이스의 1번 프로세스에게 맡깁니다. 여기서는 그 의무를 모르는 서비스가 1번입니다. 다른 것이 1번이 될 수도 있습니다.",
    },
    { en: "brig run --help | grep init", ko: "brig run --help | grep init" },
  ],
  solution: {
    en: "With --init brig's own small init is process 1, and the service is its child. The init does two things: it passes signals on, and it waits for whatever ends, its own children and the orphans that the kernel gives it. In a pid namespace, process 1 has the duty of init, whether it knows it or not (pid_namespaces(7)).",
    ko: "--init을 주면 brig의 작은 init이 1번 프로세스가 되고 서비스는 그 자식이 됩니다. init이 하는 일은 두 가지입니다. 시그널을 전달하고, 끝난 프로세스를 모두 거둡니다. 자기 자식뿐 아니라 커널이 맡긴 고아도 거둡니다. pid 네임스페이스에서 1번 프로세스는 알든 모르든 init의 의무를 집니다(pid_namespaces(7)).",
  },
  // tail never asks how a child ended, and the orphans of the subshells become its children.
  request: { command: ["sh", "-c", "for job in 1 2 3 4 5; do (sleep 0.1 &); done; exec tail -f /dev/null"] },
  fault: {
    kind: "flags",
    broken: { words: ["--init=false"], request: { init: false } },
    answer: { words: ["--init"], request: { init: true } },
  },
  async check({ run }) {
    // The jobs have ended by then.
    await run(["sleep", "0.3"]);
    const { output } = await run(["ps", "-o", "pid,ppid,stat,comm"]);
    const dead = output.split("\n").filter((line) => /^\s*\d+\s+1\s+Z/.test(line));
    if (dead.length === 0) {
      return verdict(true, {
        en: "No process of the container is a zombie.",
        ko: "컨테이너에 좀비 프로세스가 없습니다.",
      });
    }
    return verdict(false, {
      en: `${dead.length} processes have ended, and process 1 has not asked for their status.`,
      ko: `프로세스 ${dead.length}개가 끝났지만 1번 프로세스가 종료 상태를 묻지 않았습니다.`,
    });
  },
};
