import { type Lab, verdict } from "../lab.ts";

/** Work of some milliseconds, again and again, with pauses: what a service does that answers requests. */
const requests = "while :; do i=0; while [ $i -lt 5000 ]; do i=$((i+1)); done; sleep 0.05; done";

/** A quota that is used up at the beginning of a long period. */
export const cpuThrottle: Lab = {
  number: 20,
  id: "cpu-throttle",
  title: { en: "Idle and slow", ko: "한가한데 느린 서비스" },
  story: {
    en: "The service answers most requests in a few milliseconds, and some only after almost a second. The machine is idle, the container uses a small part of one processor, and still it stands still again and again.",
    ko: "서비스는 대부분의 요청에 몇 밀리초 만에 답하지만, 어떤 요청에는 1초 가까이 걸립니다. 머신은 한가하고 컨테이너는 프로세서 하나의 일부만 쓰는데도 자꾸 멈춰 섭니다.",
  },
  task: {
    en: "Give it a limit under which it is not held back: brig lab fix 20 FLAGS",
    ko: "서비스가 멈추지 않을 한도를 주세요: brig lab fix 20 플래그",
  },
  needs: ["cpu"],
  hints: [
    {
      en: "`brig exec lab cat /sys/fs/cgroup/cpu.stat`, twice, a second apart: how do nr_throttled and throttled_usec grow?",
      ko: "`brig exec lab cat /sys/fs/cgroup/cpu.stat`을 1초 간격으로 두 번 실행해 보세요. nr_throttled와 throttled_usec는 얼마나 늘어납니까?",
    },
    {
      en: "cpu.max holds a quota and a period. When the quota is used up, every process of the group waits until the period is over. How long is the period here?",
      ko: "cpu.max에는 할당량(quota)과 주기(period)가 있습니다. 할당량을 다 쓰면 그룹의 모든 프로세스가 주기가 끝날 때까지 기다립니다. 여기서 주기는 얼마나 됩니까?",
    },
    { en: "--cpus 1, for example.", ko: "예를 들면 --cpus 1입니다." },
  ],
  solution: {
    en: "The flags allowed 30 milliseconds in each period of a second. The service used them up in its first requests, and everything that came then had to wait for the next second, however idle the processors were. The average looks harmless; what counts is the longest wait, which is period minus quota. --cpus 1 means 100 milliseconds in each period of 100: one processor, all the time. nr_throttled and throttled_usec of cpu.stat show whether a limit is felt.",
    ko: "플래그는 1초 주기마다 30밀리초만 허용했습니다. 서비스는 처음 몇 요청에 이를 다 쓰고, 뒤에 온 요청은 프로세서가 아무리 한가해도 다음 1초를 기다려야 했습니다. 평균은 멀쩡해 보입니다. 중요한 것은 가장 긴 기다림이고, 그 길이는 주기에서 할당량을 뺀 값입니다. --cpus 1은 100밀리초 주기마다 100밀리초, 곧 프로세서 하나를 늘 쓸 수 있다는 뜻입니다. 한도에 걸리는지는 cpu.stat의 nr_throttled와 throttled_usec가 알려 줍니다.",
  },
  request: { command: ["sh", "-c", requests] },
  fault: {
    kind: "flags",
    broken: {
      words: ["--cpu-period", "1000000", "--cpu-quota", "30000"],
      request: { limits: { cpuPeriodUs: 1_000_000, cpuQuotaUs: 30_000 } },
    },
    answer: { words: ["--cpus", "1"], request: { limits: { cpus: 1 } } },
  },
  async check({ settle, run }) {
    const throttled = async () => {
      const { output } = await run(["cat", "/sys/fs/cgroup/cpu.stat"]);
      return Number(/^throttled_usec (\d+)$/m.exec(output)?.[1] ?? 0);
    };
    const [before, begin] = [await throttled(), performance.now()];
    for (let round = 0; round < 4; round += 1) await settle();
    const share = Math.round(((await throttled()) - before) / 10 / (performance.now() - begin));
    return verdict(share < 20, {
      en: `The container was held back for ${share} % of the time that was looked at.`,
      ko: `살펴본 시간의 ${share} % 동안 컨테이너가 멈춰 있었습니다.`,
    });
  },
};
