import type { english } from "./english.ts";

export const korean: typeof english = {
  verdicts: { looser: "DOCKER보다 느슨함", stricter: "DOCKER보다 엄격함", equal: "같음" },
  columns: { docker: "DOCKER", here: "이 컨테이너", by: "원인", why: "의미" },
  noFlag: "옵션 때문이 아님",
  summary: ({ container, all, equal, stricter, looser }) =>
    `${container}: 항목 ${all}개 가운데 Docker의 기본값과 같은 것 ${equal}개, 더 엄격한 것 ${stricter}개, 더 느슨한 것 ${looser}개`,
};
