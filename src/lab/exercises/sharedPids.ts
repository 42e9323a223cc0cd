import { type Lab, verdict } from "../lab.ts";

const neighbour = "database";

/** In one pid namespace everybody sees, and may kill, everybody else. */
export const sharedPids: Lab = {
  number: 5,
  id: "shared-pids",
  title: { en: "The neighbour that was killed", ko: "이웃을 죽인 청소 작업" },
  story: {
    en: "There are two containers: the database, and lab, a clean-up job that kills every process it can see before it starts its work. The job has run like that for years on a machine of its own. Now, whenever it starts, the database ends.",
    ko: "컨테이너가 두 개 있습니다. database와, 일을 시작하기 전에 눈에 보이는 프로세스를 모두 죽이는 청소 작업 lab입니다. 이 작업은 전용 머신에서 몇 년 동안 그렇게 돌았습니다. 그런데 이제는 시작할 때마다 database가 끝납니다.",
  },
  task: {
    en: "Run lab so that the database survives. The job stays as it is: brig lab fix 5 [FLAGS]",
    ko: "database가 살아남도록 lab을 실행하세요. 작업은 그대로 둡니다: brig lab fix 5 [플래그]",
  },
  hints: [
    {
      en: "`brig compare lab database` shows which namespaces the two share and which are their own (`--all` shows what is the same).",
      ko: "`brig compare lab database`는 두 컨테이너가 어느 네임스페이스를 공유하고 어느 것을 따로 갖는지 보여 줍니다(`--all`은 같은 것도 보여 줍니다).",
    },
    {
      en: "kill(-1) reaches every process of the caller's pid namespace that the caller may signal. `brig plan run --diff --pid container:database lab` shows what the flag changes, and its warning says what else it brings.",
      ko: "kill(-1)은 부른 쪽의 pid 네임스페이스에서 시그널을 보낼 권한이 있는 모든 프로세스에 닿습니다. `brig plan run --diff --pid container:database lab`은 플래그가 무엇을 바꾸는지 보여 주고, 경고는 무엇이 딸려 오는지 알려 줍니다.",
    },
    { en: "Nothing needs to be added. Leave the flag out.", ko: "더할 것은 없습니다. 플래그를 빼세요." },
  ],
  solution: {
    en: "With --pid container:database the job was in the pid namespace of the database and saw its processes. A pid namespace is owned by a user namespace, and whoever joins it from another one could do nothing with it; so brig gives up the job's own user namespace and says so. The job was root of the machine then, and allowed to signal everybody that it saw. Without the flag the job has both namespaces to itself: the processes of others have no number there, and what has no number cannot be named in kill(2).",
    ko: "--pid container:database 때문에 작업은 database의 pid 네임스페이스에 들어가 그 프로세스들을 보았습니다. pid 네임스페이스는 사용자 네임스페이스가 소유하며, 다른 사용자 네임스페이스에서 들어가면 할 수 있는 일이 없습니다. 그래서 brig는 작업의 사용자 네임스페이스를 포기하고 그렇게 알립니다. 그러면 작업은 머신의 root이므로 보이는 모든 프로세스에 시그널을 보낼 수 있었습니다. 이 플래그가 없으면 작업은 두 네임스페이스를 혼자 씁니다. 거기에는 남의 프로세스를 가리키는 번호가 없고, 번호가 없는 것은 kill(2)로 지목할 수 없습니다.",
  },
  request: { command: ["sh", "-c", "kill -9 -1; exec sleep infinity"] },
  prepare: async ({ addContainer }) => addContainer(neighbour, { command: ["sleep", "infinity"], init: true }),
  fault: {
    kind: "flags",
    broken: {
      words: ["--pid", `container:${neighbour}`],
      request: { pid: `container:${neighbour}` },
    },
    answer: { words: [], request: {} },
  },
  async check({ settle, state }) {
    await settle();
    const [own, other] = [await state(), await state(neighbour)];
    if (!other.running) {
      return verdict(false, {
        en: `The database has ended with status ${other.exitCode}.`,
        ko: `database가 상태 ${other.exitCode}로 끝났습니다.`,
      });
    }
    if (!own.running) return verdict(false, { en: "The job does not run.", ko: "작업이 실행 중이 아닙니다." });
    return verdict(true, {
      en: "The job has killed what it sees, and the database runs.",
      ko: "작업은 보이는 것을 모두 죽였고, database는 실행 중입니다.",
    });
  },
};
