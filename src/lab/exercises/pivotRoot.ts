import { withoutSteps } from "../alterPlan.ts";
import { type Lab, verdict } from "../lab.ts";

/**
 * The root was mounted and entered by chroot(2) alone: "/.." of a process whose root has a mount on top is that mount. The
 * first process stays outside, and its root in /proc is the way out.
 */
const script =
  "busybox chroot /.. sh -c 'cat /etc/lab; busybox chroot /proc/1/root cat /etc/lab || busybox chroot /proc/1/root head -n 1 /etc/passwd'; exit $?";

export const pivotRoot: Lab = {
  number: 6,
  id: "pivot-root",
  title: { en: "The chroot with a way out", ko: "나갈 길이 있는 chroot" },
  story: {
    en: "The container has all its namespaces, and its program is kept among the files of its image in the old way, by chroot. It reads /etc/lab of the image. One line later the same program reads the /etc/passwd of the machine.",
    ko: "컨테이너에는 네임스페이스가 모두 있고, 프로그램은 옛 방식대로 chroot로 이미지의 파일 안에 가두어져 있습니다. 프로그램은 이미지의 /etc/lab을 읽습니다. 그런데 바로 다음 줄에서 같은 프로그램이 머신의 /etc/passwd를 읽습니다.",
  },
  task: {
    en: "The file /etc/lab is in the image and not on the machine. The program goes out of its chroot as before; let it find /etc/lab there, too.",
    ko: "/etc/lab 파일은 이미지에 있고 머신에는 없습니다. 프로그램은 여전히 chroot 밖으로 나갑니다. 거기에서도 /etc/lab을 찾게 하세요.",
  },
  hints: [
    {
      en: "`brig logs lab` in `brig lab shell 6` shows what the program found, `brig inspect -f '{{json .Args}}' lab` how it got out. Whose root is /proc/1/root?",
      ko: "`brig lab shell 6` 안에서 `brig logs lab`을 실행하면 프로그램이 무엇을 찾았는지, `brig inspect -f '{{json .Args}}' lab`을 실행하면 어떻게 나갔는지 보입니다. /proc/1/root는 누구의 루트입니까?",
    },
    {
      en: "chroot(2) moves the starting point of one process. The first process of the container still begins every path at the root of the machine, and whoever may look at it can go there. Which step of `brig explain lab` should have taken that root away from all of them?",
      ko: "chroot(2)는 프로세스 하나의 출발점을 옮길 뿐입니다. 컨테이너의 첫 프로세스는 여전히 머신의 루트에서 경로를 찾기 시작하고, 그 프로세스를 볼 수 있으면 그리로 갈 수 있습니다. `brig explain lab`에서 이 루트를 모두에게서 떼어 냈어야 할 단계는 어느 것입니까?",
    },
    { en: "The missing step is root.pivot.", ko: "빠진 단계는 root.pivot입니다." },
  ],
  solution: {
    en: "root.attach puts the overlay on top of /, but every process still begins its paths at the old root below it. chroot(2) changes only the starting point of the process that calls it: the old root stays in the mount namespace, and a process with CAP_SYS_CHROOT that gets hold of anything outside of its own root, a directory that was left open or the root of another process in /proc, walks out with one more chroot. pivot_root(2) swaps the two roots for all processes of the mount namespace, and the umount2 with MNT_DETACH after it takes the old one away. After that there is nothing to walk to: /proc/1/root is the image as well.",
    ko: "root.attach는 overlay를 / 위에 올려놓지만, 모든 프로세스는 여전히 그 아래 옛 루트에서 경로를 찾기 시작합니다. chroot(2)는 부른 프로세스의 출발점만 바꿉니다. 옛 루트는 마운트 네임스페이스에 그대로 남고, CAP_SYS_CHROOT가 있는 프로세스는 열린 채 남은 디렉터리나 /proc에 있는 다른 프로세스의 루트처럼 루트 밖의 것을 하나라도 얻으면 chroot를 한 번 더 해서 걸어 나갑니다. pivot_root(2)는 마운트 네임스페이스의 모든 프로세스에 대해 두 루트를 맞바꾸고, 이어지는 umount2(MNT_DETACH)가 옛 루트를 떼어 냅니다. 그 뒤에는 걸어 나갈 곳이 없습니다. /proc/1/root도 이미지입니다.",
  },
  request: { command: ["sh", "-c", script], init: false },
  fault: { kind: "steps", breakPlan: (plan) => withoutSteps(plan, ["root.pivot"]), answer: ["root.pivot"] },
  async check({ log }) {
    const lines = (await log()).trim().split("\n");
    const last = lines.at(-1) ?? "";
    if (last === "an image of the labs") {
      return verdict(true, {
        en: "Outside of its chroot the program has found the image again.",
        ko: "프로그램이 chroot 밖에서도 이미지를 찾았습니다.",
      });
    }
    return verdict(false, {
      en: `The program has got out of its chroot and read a file of the machine: ${last}.`,
      ko: `프로그램이 chroot 밖으로 나가 머신의 파일을 읽었습니다: ${last}.`,
    });
  },
};
