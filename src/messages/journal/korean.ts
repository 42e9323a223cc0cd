import type { english } from "./english.ts";

export const korean: typeof english = {
  columns: { process: "프로세스", step: "단계", start: "시작", took: "걸린 시간", call: "시스템 콜" },
  markdown: {
    title: ({ name }) => `${name} 컨테이너가 시작된 과정`,
    step: "단계",
    call: "시스템 콜",
    start: "시작",
    took: "걸린 시간",
    why: "이유",
  },
  started: ({ id, time }) => `${id}, ${time}에 시작됨`,
  repeated: ({ count }) => `그 뒤 모니터가 이 시작을 ${count}번 되풀이했고, 그 기록은 남지 않음`,
  failed: ({ id, time }) => `${id}, ${time}에 시작하지 못함`,
  summary: ({ calls, time, processes }) => `시스템 콜 ${calls}번, 모두 ${time}: ${processes}`,
  cutSummary: ({ calls, time, processes, dropped }) =>
    `시스템 콜 ${calls}번, 모두 ${time}: ${processes}. 이 밖에 ${dropped}번은 기록하지 않음`,
  stood: ({ stops, time }) => `멈춤 ${stops}번, 모두 ${time}(셈에 넣지 않음)`,
  process: ({ process, calls, time }) => `${process} ${calls}번 ${time}`,
};
