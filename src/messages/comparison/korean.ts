import type { english } from "./english.ts";

export const korean: typeof english = {
  equal: ({ left, right }) => `${left}, ${right}: 서로 다른 점이 없습니다`,
  same: ({ value }) => `${value} (같음)`,
  another: ({ value }) => `${value} (다름)`,
  columns: { phase: "부분", purpose: "목적" },
  purposes: ({ both, runc, brig }) =>
    `목적: 양쪽에 모두 있는 것 ${both}개, runc에만 있는 것 ${runc}개, brig에만 있는 것 ${brig}개`,
  calls: ({ runc, brig }) => `이를 위한 시스템 콜: runc ${runc}번, brig ${brig}번`,
  total: ({ runc, brig }) => `명령을 실행하기까지의 모든 시스템 콜: runc ${runc}번, brig의 헬퍼 ${brig}번`,
};
