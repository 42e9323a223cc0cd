import { type Lab, verdict } from "../lab.ts";

const portStart = "net.ipv4.ip_unprivileged_port_start";

/** Ports below ip_unprivileged_port_start need CAP_NET_BIND_SERVICE (ip(7)). */
export const lowPort: Lab = {
  number: 10,
  id: "low-port",
  title: { en: "Port 80 is forbidden", ko: "80번 포트는 금지" },
  story: {
    en: 'After a security review the web server does not start any more: "bind: Permission denied". It runs as root, and nobody else uses the port.',
    ko: '보안 점검을 받은 뒤로 웹 서버가 시작되지 않습니다: "bind: Permission denied". root로 실행되고, 그 포트를 쓰는 것은 아무도 없습니다.',
  },
  task: {
    en: "Let it serve port 80 again. Say the flags that it should be run with: brig lab fix 10 [FLAGS]",
    ko: "다시 80번 포트로 서비스하게 하세요. 어떤 플래그로 실행해야 하는지 지정합니다: brig lab fix 10 [플래그]",
  },
  hints: [
    {
      en: "`brig logs lab` has the error. Root in a container is what its capabilities let it be; which one is about ports?",
      ko: "`brig logs lab`에 오류가 있습니다. 컨테이너의 root는 가진 권한(capability)만큼만 root입니다. 포트에 관한 권한은 어느 것입니까?",
    },
    {
      en: "Two of the flags together make it fail: one takes the capability away, the other says from which port on none is needed. brig sets that to 0 by itself.",
      ko: "플래그 두 개가 함께 문제를 만듭니다. 하나는 권한을 빼앗고, 다른 하나는 권한 없이 쓸 수 있는 포트가 몇 번부터인지 정합니다. brig의 기본값은 0입니다.",
    },
  ],
  solution: {
    en: "bind(2) to a port below net.ipv4.ip_unprivileged_port_start asks for CAP_NET_BIND_SERVICE in the user namespace that owns the network namespace. Either flag alone does no harm: with the capability the port may be low, and with the limit at 0 no port is low. The setting belongs to the network namespace, so a container has its own, and brig, like Docker, sets it to 0. Taking the capability away is fine then, and even better.",
    ko: "net.ipv4.ip_unprivileged_port_start보다 낮은 포트에 bind(2)를 하려면, 네트워크 네임스페이스를 소유한 사용자 네임스페이스에서 CAP_NET_BIND_SERVICE가 있어야 합니다. 두 플래그는 하나만 있으면 해가 없습니다. 권한이 있으면 낮은 포트를 쓸 수 있고, 경계가 0이면 낮은 포트란 것이 없습니다. 이 설정은 네트워크 네임스페이스에 속하므로 컨테이너마다 따로 있고, brig는 Docker처럼 0으로 둡니다. 그러면 이 권한은 없어도 되고, 없는 편이 더 낫습니다.",
  },
  request: { command: ["httpd", "-f", "-p", "80", "-h", "/etc"], init: true },
  fault: {
    kind: "flags",
    broken: {
      words: ["--cap-drop", "NET_BIND_SERVICE", "--sysctl", `${portStart}=1024`],
      request: { capDrop: ["NET_BIND_SERVICE"], sysctls: new Map([[portStart, "1024"]]) },
    },
    answer: { words: ["--cap-drop", "NET_BIND_SERVICE"], request: { capDrop: ["NET_BIND_SERVICE"] } },
  },
  async check({ settle, run, state, log }) {
    await settle();
    if (!(await state()).running) {
      const said = (await log()).trim();
      return verdict(false, {
        en: `The server has ended and said: ${said}.`,
        ko: `서버가 다음과 같이 말하고 끝났습니다: ${said}.`,
      });
    }
    const { output } = await run(["wget", "-q", "-O", "-", "http://127.0.0.1:80/lab"]);
    return output.includes("an image of the labs")
      ? verdict(true, { en: "The server answers at port 80.", ko: "서버가 80번 포트에서 답합니다." })
      : verdict(false, {
          en: `Nobody answers at port 80: ${output.trim()}.`,
          ko: `80번 포트에서 답이 없습니다: ${output.trim()}.`,
        });
  },
};
