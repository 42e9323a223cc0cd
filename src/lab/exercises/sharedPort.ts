import { type Lab, verdict } from "../lab.ts";

const neighbour = "web";

/** A port belongs to a network namespace, and to one listener in it. */
export const sharedPort: Lab = {
  number: 15,
  id: "shared-port",
  title: { en: "Address already in use", ko: "이미 쓰고 있는 주소" },
  story: {
    en: 'Two web servers listen on port 8080, each in a container of its own: web, and lab. web serves, lab ends at once with "Address already in use". On the machine itself, nobody listens on 8080.',
    ko: '웹 서버 두 개가 각자의 컨테이너 web과 lab에서 8080번 포트를 엽니다. web은 서비스하는데 lab은 곧바로 "Address already in use"로 끝납니다. 머신에서 8080번을 쓰는 것은 없습니다.',
  },
  task: {
    en: "Let both serve port 8080 at the same time: brig lab fix 15 [FLAGS]",
    ko: "둘이 동시에 8080번 포트로 서비스하게 하세요: brig lab fix 15 [플래그]",
  },
  hints: [
    {
      en: "An address is used by whoever listens in the same network namespace. `ip address`, run with brig exec in each container that runs, shows whose interfaces these are.",
      ko: "주소를 쓰고 있다는 말은 같은 네트워크 네임스페이스의 누군가가 듣고 있다는 뜻입니다. 실행 중인 컨테이너에서 brig exec으로 `ip address`를 실행하면 누구의 인터페이스인지 보입니다.",
    },
    {
      en: "--network container:web is what makes a pod of two containers: one loopback, one set of ports. Choose a network of the container's own, --network none for example.",
      ko: "--network container:web은 두 컨테이너를 파드처럼 묶어 루프백 하나와 포트 한 벌을 함께 쓰게 합니다. 컨테이너 자신의 네트워크를 고르세요. 예를 들면 --network none입니다.",
    },
  ],
  solution: {
    en: "bind(2) looks for the address and port among the sockets of the caller's network namespace. Containers with namespaces of their own can all use 8080; with --network container:NAME two of them share one, as the containers of a Kubernetes pod do, and must agree on ports. In exchange they reach each other at 127.0.0.1.",
    ko: "bind(2)는 부른 쪽의 네트워크 네임스페이스에 있는 소켓 가운데서 주소와 포트를 찾습니다. 저마다 네임스페이스가 있는 컨테이너는 모두 8080번을 쓸 수 있습니다. --network container:이름을 쓰면 쿠버네티스 파드의 컨테이너들처럼 하나를 함께 쓰므로 포트를 나누어야 합니다. 그 대신 127.0.0.1로 서로에게 닿습니다.",
  },
  request: { command: ["httpd", "-f", "-p", "8080", "-h", "/etc"], init: true },
  prepare: async ({ addContainer, settle }) => {
    await addContainer(neighbour, { command: ["httpd", "-f", "-p", "8080", "-h", "/etc"], init: true });
    await settle();
  },
  fault: {
    kind: "flags",
    broken: {
      words: ["--network", `container:${neighbour}`],
      request: { networks: [{ network: `container:${neighbour}`, aliases: [], links: [], gatewayPriority: 0 }] },
    },
    answer: {
      words: ["--network", "none"],
      request: { networks: [{ network: "none", aliases: [], links: [], gatewayPriority: 0 }] },
    },
  },
  async check({ settle, state, log, run }) {
    await settle();
    if (!(await state()).running) {
      const said = (await log()).trim();
      return verdict(false, {
        en: `lab has ended and said: ${said}.`,
        ko: `lab이 다음과 같이 말하고 끝났습니다: ${said}.`,
      });
    }
    const ask = ["wget", "-q", "-O", "-", "http://127.0.0.1:8080/lab"];
    const answers = [await run(ask), await run(ask, neighbour)].filter(({ exitCode }) => exitCode === 0).length;
    return answers === 2
      ? verdict(true, { en: "Both serve port 8080.", ko: "둘 다 8080번 포트로 서비스합니다." })
      : verdict(false, { en: `${answers} of the two answer.`, ko: `둘 가운데 ${answers}개만 답합니다.` });
  },
};
