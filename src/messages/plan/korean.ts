import type { english } from "./english.ts";

export const korean: typeof english = {
  stages: {
    monitor: "monitor: 컨테이너 밖에 남아 컨테이너를 지켜보는 프로세스",
    host: "host: 컨테이너 밖의 헬퍼",
    links: "links: 헬퍼 곁의 프로세스",
    ports: "ports: 헬퍼 곁의 또 다른 프로세스",
    child: "child: 새 네임스페이스 안의 첫 프로세스. 이미지의 프로그램은 아직 실행되지 않음",
    init: "init: 같은 프로세스가 권한을 내려놓고 컨테이너의 프로그램이 됨",
    end: "end: 컨테이너가 끝났을 때와 시작에 실패했을 때",
    probe: "probe: 헬스 체크 때마다 일하는 모니터의 작업 프로세스",
  },
  stage: ({ title }) => `단계 묶음 ${title}`,
  alike: ({ count }) => `... 비슷한 단계 ${count}개 더`,
  absent: "(없음)",
  sums: ({ added, removed, changed, same }) =>
    `추가된 단계 ${added}개, 없어진 단계 ${removed}개, 바뀐 단계 ${changed}개, 같은 단계 ${same}개`,
};
