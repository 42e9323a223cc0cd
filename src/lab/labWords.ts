import type { Language } from "../messages/index.ts";

/** What the commands of the labs say around the texts of each lab. */
export interface LabWords {
  readonly lab: string;
  readonly task: string;
  readonly runs: string;
  readonly failed: (reason: string) => string;
  readonly runsAgain: string;
  readonly broken: (flags: string) => string;
  readonly next: (number: number) => LabSteps;
  readonly hint: (number: number, of: number) => string;
  readonly passed: string;
  readonly notYet: string;
  readonly answer: (command: string) => string;
  readonly gone: (number: number) => string;
  readonly headings: { readonly number: string; readonly id: string; readonly title: string; readonly state: string };
  readonly started: string;
  readonly needs: (controllers: string) => string;
}

/** What a learner can do next: a sentence and a command each. */
export type LabSteps = readonly (readonly [sentence: string, command: string])[];

/** By language. */
export const labWords: Readonly<Record<Language, LabWords>> = {
  en: {
    lab: "Lab",
    task: "Your task",
    runs: 'The container "lab" has been started.',
    runsAgain: 'The container "lab" has been started again.',
    failed: (reason) => `The container "lab" could not be started: ${reason}`,
    broken: (flags) => `It was run with these flags: ${flags}`,
    next: (number) => [
      ["look around", `brig lab shell ${number}`],
      ["a hint", `brig lab hint ${number}`],
      ["your repair", `brig lab fix ${number} ...`],
      ["is it right?", `brig lab check ${number}`],
      ["put it all away", `brig lab stop ${number}`],
    ],
    hint: (number, of) => `Hint ${number} of ${of}`,
    passed: "passed",
    notYet: "not yet",
    answer: (command) => `The answer: ${command}`,
    gone: (number) => `Nothing of lab ${number} is left.`,
    headings: { number: "LAB", id: "NAME", title: "ABOUT", state: "STATE" },
    started: "started",
    needs: (controllers) => `not here: cgroup v2 lacks ${controllers}`,
  },
  ko: {
    lab: "실습",
    task: "할 일",
    runs: '컨테이너 "lab"을 시작했습니다.',
    runsAgain: '컨테이너 "lab"을 다시 시작했습니다.',
    failed: (reason) => `컨테이너 "lab"을 시작하지 못했습니다: ${reason}`,
    broken: (flags) => `다음 플래그로 실행했습니다: ${flags}`,
    next: (number) => [
      ["둘러보기", `brig lab shell ${number}`],
      ["힌트 보기", `brig lab hint ${number}`],
      ["고치기", `brig lab fix ${number} ...`],
      ["확인하기", `brig lab check ${number}`],
      ["모두 치우기", `brig lab stop ${number}`],
    ],
    hint: (number, of) => `힌트 ${number}/${of}`,
    passed: "통과",
    notYet: "아직",
    answer: (command) => `정답: ${command}`,
    gone: (number) => `실습 ${number}에서 남은 것은 없습니다.`,
    headings: { number: "실습", id: "이름", title: "내용", state: "상태" },
    started: "시작됨",
    needs: (controllers) => `여기서는 불가: cgroup v2에 ${controllers} 없음`,
  },
};
