import { type Lab, verdict } from "../lab.ts";

/** The kernel gives process 1 of a pid namespace no signal that it has no handler for (pid_namespaces(7)). */
export const slowStop: Lab = {
  number: 4,
  id: "slow-stop",
  title: { en: "The container that takes its time to stop", ko: "멈추는 데 오래 걸리는 컨테이너" },
  story: {
    en: "Every `brig stop` of this container waits as long as it may, and then the container is killed. Outside of a container, the same program ends at once with SIGTERM.",
    ko: "이 컨테이너는 `brig stop`을 할 때마다 기다릴 수 있는 만큼 다 기다린 뒤에야 강제로 끝납니다. 컨테이너 밖에서는 같은 프로그램이 SIGTERM을 받자마자 끝납니다.",
  },
  task: {
    en: "Let SIGTERM end the program, without changing it. Killing it faster is no answer.",
    ko: "프로그램을 바꾸지 않고 SIGTERM으로 끝나게 하세요. 더 빨리 강제로 끝내는 것은 답이 아닙니다.",
  },
  hints: [
    {
      en: "`brig why lab` in `brig lab shell 4` knows something about it while the container runs. Which number does the program have in the container?",
      ko: "컨테이너가 실행 중일 때 `brig lab shell 4` 안에서 `brig why lab`을 실행해 보세요. 프로그램은 컨테이너 안에서 몇 번 프로세스입니까?",
    },
    {
      en: "SIGTERM ends a program because that is its default action. For process 1 of a pid namespace there are no default actions: a signal without a handler does nothing.",
      ko: "SIGTERM이 프로그램을 끝내는 것은 기본 동작이기 때문입니다. pid 네임스페이스의 1번 프로세스에는 기본 동작이 없습니다. 핸들러가 없는 시그널은 아무 일도 하지 않습니다.",
    },
    { en: "Let something else be process 1: --init.", ko: "다른 것을 1번 프로세스로 만드세요: --init." },
  ],
  solution: {
    en: "The kernel protects process 1 of a pid namespace, because the whole namespace ends with it: signals from inside, and those from outside other than SIGKILL and SIGSTOP, are dropped unless the process has a handler for them. A program that relies on the default action of SIGTERM is therefore deaf as process 1. With --init the program is process 2 and dies of SIGTERM like everywhere else (status 143 = 128 + 15); the init passes the signal on. --stop-signal KILL would be as fast, but then the program could never put its affairs in order.",
    ko: "pid 네임스페이스는 1번 프로세스와 함께 통째로 끝나므로 커널이 1번을 보호합니다. 안에서 온 시그널, 그리고 밖에서 온 시그널 가운데 SIGKILL과 SIGSTOP이 아닌 것은 핸들러가 없으면 버려집니다. 그래서 SIGTERM의 기본 동작에 기대는 프로그램은 1번이 되면 시그널을 듣지 못합니다. --init을 주면 프로그램은 2번 프로세스가 되어 어디서나 그렇듯 SIGTERM으로 끝납니다(상태 143 = 128 + 15). 시그널은 init이 전달합니다. --stop-signal KILL도 빠르기는 하지만, 그러면 프로그램이 뒷정리를 할 기회가 없습니다.",
  },
  request: { command: ["sleep", "infinity"] },
  fault: {
    kind: "flags",
    broken: { words: ["--init=false"], request: { init: false } },
    answer: { words: ["--init"], request: { init: true } },
  },
  async check({ engine, state }) {
    await engine.start("lab");
    await engine.stop({ nameOrId: "lab", timeoutSec: 1 });
    const { exitCode } = await state();
    await engine.start("lab");
    if (exitCode === 143) {
      return verdict(true, {
        en: "SIGTERM has ended the program (status 143); no SIGKILL was needed.",
        ko: "SIGTERM으로 프로그램이 끝났습니다(상태 143). SIGKILL은 필요하지 않았습니다.",
      });
    }
    return verdict(false, {
      en: `The program did not end by SIGTERM: its status is ${exitCode}, and 137 means SIGKILL.`,
      ko: `프로그램이 SIGTERM으로 끝나지 않았습니다. 상태가 ${exitCode}이며, 137은 SIGKILL을 뜻합니다.`,
    });
  },
};
