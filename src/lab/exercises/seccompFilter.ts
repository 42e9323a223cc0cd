import { withFields } from "../alterPlan.ts";
import { type Lab, verdict } from "../lab.ts";

/** The numbers of chmod, which arm64 has as fchmodat only (linux/unistd.h). */
const chmodNumbers: Readonly<Record<string, number>> = { x64: 90, arm64: 53 };

/** A filter that answers chmod with EPERM and lets everything else pass: load the number, compare, return (seccomp(2)). */
function refusingChmod(): string {
  const instructions = [
    [0x20, 0, 0, 0],
    [0x15, 0, 1, chmodNumbers[process.arch] ?? 0],
    [0x06, 0, 0, 0x0005_0001],
    [0x06, 0, 0, 0x7fff_0000],
  ] as const;
  const program = Buffer.alloc(8 * instructions.length);
  for (const [index, [code, whenTrue, whenFalse, value]] of instructions.entries()) {
    program.writeUInt16LE(code, 8 * index);
    program.writeUInt8(whenTrue, 8 * index + 2);
    program.writeUInt8(whenFalse, 8 * index + 3);
    program.writeUInt32LE(value, 8 * index + 4);
  }
  return program.toString("hex");
}

/** A filter that refuses a call which a program needs. */
export const seccompFilter: Lab = {
  number: 11,
  id: "seccomp-filter",
  title: { en: "Not permitted, and nobody knows why", ko: "이유를 알 수 없는 Operation not permitted" },
  story: {
    en: 'The program creates a file and wants to make it private. "chmod: Operation not permitted", says the kernel, although the file belongs to the program\'s user, who is root of the container and has CAP_FOWNER.',
    ko: '프로그램이 파일을 만들고 남이 못 보게 하려 합니다. 커널은 "chmod: Operation not permitted"라고 합니다. 파일의 주인은 프로그램의 사용자이고, 그 사용자는 컨테이너의 root이며 CAP_FOWNER도 있습니다.',
  },
  task: {
    en: "Let chmod work, with a system call filter in force.",
    ko: "시스템 콜 필터를 유지한 채 chmod가 되게 하세요.",
  },
  hints: [
    {
      en: "EPERM does not say who refused. Capabilities and owners are in order; what is asked before them, as soon as a system call is made?",
      ko: "EPERM은 누가 거절했는지 알려 주지 않습니다. 권한과 주인은 문제가 없습니다. 시스템 콜이 시작되자마자 그보다 먼저 검사하는 것은 무엇입니까?",
    },
    {
      en: "Compare the step priv.seccomp of `brig explain lab` with that of `brig plan run lab`: how many instructions do the two filters have?",
      ko: "`brig explain lab`의 priv.seccomp 단계와 `brig plan run lab`의 것을 비교해 보세요. 두 필터의 명령어는 각각 몇 개입니까?",
    },
    { en: "Put back priv.seccomp.", ko: "priv.seccomp를 되돌려 놓으세요." },
  ],
  solution: {
    en: "The filter was four instructions of BPF: load the number of the call, compare it with that of chmod, return EPERM or allow. A filter runs before anything else of a system call, and what it returns is the answer, so the program cannot tell it from a refusal by owner or capability. brig's own filter has several hundred instructions, looks at the architecture first, and allows chmod. A filter cannot be taken away again, only another one added (seccomp(2)).",
    ko: "그 필터는 BPF 명령어 네 개였습니다. 호출 번호를 읽고, chmod의 번호와 비교하고, EPERM을 돌려주거나 허용합니다. 필터는 시스템 콜에서 무엇보다 먼저 실행되고 그 결과가 곧 답이 되므로, 프로그램은 주인이나 권한 때문에 거절된 것과 구별할 수 없습니다. brig의 필터는 명령어가 수백 개이고, 아키텍처부터 확인하며, chmod를 허용합니다. 한 번 건 필터는 없앨 수 없고 다른 필터를 더할 수만 있습니다(seccomp(2)).",
  },
  request: { command: ["sh", "-c", "touch /tmp/key && chmod 600 /tmp/key && stat -c %a /tmp/key"] },
  fault: {
    kind: "steps",
    breakPlan: (plan) => withFields(plan, "priv.seccomp", { fields: { program: refusingChmod() } }),
    answer: ["priv.seccomp"],
  },
  async check({ log }) {
    const said = (await log()).trim();
    return said === "600"
      ? verdict(true, { en: "The mode of the file is 600.", ko: "파일의 모드가 600입니다." })
      : verdict(false, { en: `The program said: ${said}.`, ko: `프로그램이 한 말: ${said}.` });
  },
};
