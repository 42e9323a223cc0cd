import { withoutSteps } from "../alterPlan.ts";
import { type Lab, verdict } from "../lab.ts";

/** The root was mounted and never entered. */
export const pivotRoot: Lab = {
  number: 6,
  id: "pivot-root",
  title: { en: "The root that nobody moved into", ko: "아무도 들어가지 않은 루트" },
  story: {
    en: "The container has all its namespaces, and its own file system has been mounted. Its program, however, reads the files of the machine: its /etc/passwd is that of the machine.",
    ko: "컨테이너에는 네임스페이스가 모두 있고, 자신의 파일 시스템도 마운트되었습니다. 그런데 프로그램은 머신의 파일을 읽습니다. /etc/passwd도 머신의 것입니다.",
  },
  task: {
    en: "The file /etc/lab is in the image and not on the machine. Let the program find it.",
    ko: "/etc/lab 파일은 이미지에 있고 머신에는 없습니다. 프로그램이 이 파일을 읽게 하세요.",
  },
  hints: [
    {
      en: "`brig logs lab` in `brig lab shell 6` shows what the program found. Which steps of `brig explain lab` have to do with the root?",
      ko: "`brig lab shell 6` 안에서 `brig logs lab`을 실행하면 프로그램이 무엇을 찾았는지 보입니다. `brig explain lab`에서 루트에 관한 단계는 어느 것입니까?",
    },
    {
      en: "Mounting over / does not change where a process begins to look: every process keeps its root directory until it, or somebody for all, changes it.",
      ko: "/ 위에 마운트한다고 해서 프로세스가 경로를 찾기 시작하는 곳이 바뀌지는 않습니다. 모든 프로세스는 누군가 바꾸기 전까지 자기 루트 디렉터리를 유지합니다.",
    },
    { en: "The missing step is root.pivot.", ko: "빠진 단계는 root.pivot입니다." },
  ],
  solution: {
    en: "root.attach puts the overlay on top of /, but the process still begins every path at the old root below it. pivot_root(2) swaps the two for all processes of the mount namespace, and the umount2 with MNT_DETACH after it takes the old root away. chroot(2) would change only the starting point of one process: the old root would stay in the mount namespace, and a process with CAP_SYS_CHROOT that keeps a directory outside of its root can walk up to it. After pivot_root and umount there is nothing left to walk to.",
    ko: "root.attach는 overlay를 / 위에 올려놓지만, 프로세스는 여전히 그 아래 옛 루트에서 경로를 찾기 시작합니다. pivot_root(2)는 마운트 네임스페이스의 모든 프로세스에 대해 둘을 맞바꾸고, 이어지는 umount2(MNT_DETACH)가 옛 루트를 떼어 냅니다. chroot(2)는 프로세스 하나의 출발점만 바꿉니다. 옛 루트는 마운트 네임스페이스에 그대로 남고, CAP_SYS_CHROOT가 있는 프로세스는 루트 밖의 디렉터리를 쥐고 있다가 위로 걸어 나갈 수 있습니다. pivot_root와 umount를 마치면 걸어 나갈 곳 자체가 없습니다.",
  },
  request: { command: ["sh", "-c", "cat /etc/lab || head -n 1 /etc/passwd"], init: false },
  fault: { kind: "steps", breakPlan: (plan) => withoutSteps(plan, ["root.pivot"]), answer: ["root.pivot"] },
  async check({ log }) {
    const lines = (await log()).trim().split("\n");
    const last = lines.at(-1) ?? "";
    if (last === "an image of the labs") {
      return verdict(true, {
        en: "The program has read /etc/lab of the image.",
        ko: "프로그램이 이미지의 /etc/lab을 읽었습니다.",
      });
    }
    return verdict(false, {
      en: `The program has read a file of the machine: ${last}.`,
      ko: `프로그램이 머신의 파일을 읽었습니다: ${last}.`,
    });
  },
};
