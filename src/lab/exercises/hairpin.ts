import { EngineError } from "../../base/index.ts";
import { bareChoice } from "../../container/index.ts";
import type { LaunchPlan } from "../../launch/index.ts";
import { withFields } from "../alterPlan.ts";
import { type Lab, verdict } from "../lab.ts";

const rules = "net.bridge.rules";
const bridge = "brig0";

/** The rules of the network without those that make answers of a neighbour come back the way that the question went. */
function withoutReturn(plan: LaunchPlan): LaunchPlan {
  const input = plan.steps.find(({ id }) => id === rules)?.fields["input"];
  const document: unknown = JSON.parse(String(input));
  if (
    typeof document !== "object" ||
    document === null ||
    !("nftables" in document) ||
    !Array.isArray(document.nftables)
  ) {
    throw new EngineError("launchFailed", "the rules of the network cannot be changed");
  }
  const nftables = document.nftables.filter(
    (command: unknown) => !JSON.stringify(command).includes("to a published port on the same network"),
  );
  return withFields(plan, rules, { fields: { input: JSON.stringify({ nftables }) } });
}

/** A container that asks its own published port needs its source changed, too. */
export const hairpin: Lab = {
  number: 16,
  id: "hairpin",
  title: { en: "Everybody reaches it but itself", ko: "자기 자신만 닿지 못하는 서비스" },
  story: {
    en: "The service is published on port 8080 of the machine. The machine reaches it there. The container itself, when it uses the same address, waits until it gives up.",
    ko: "서비스를 머신의 8080번 포트에 공개했습니다. 머신에서는 그 주소로 닿습니다. 그런데 컨테이너 자신이 같은 주소를 쓰면 포기할 때까지 기다립니다.",
  },
  task: {
    en: "Let the container reach itself at the machine's address, 10.200.0.1 port 8080 (see `ip -br address` in the lab's shell).",
    ko: "컨테이너가 머신의 주소 10.200.0.1의 8080번 포트로 자기 자신에게 닿게 하세요(주소는 실습 셸의 `ip -br address`에서 볼 수 있습니다).",
  },
  hints: [
    {
      en: "Follow one packet. The container sends it from its own address to 10.200.0.1; the machine replaces the destination by the container's address (DNAT). Which source does it have when it comes back to the container?",
      ko: "패킷 하나를 따라가 보세요. 컨테이너가 자기 주소에서 10.200.0.1로 보내면, 머신이 목적지를 컨테이너의 주소로 바꿉니다(DNAT). 컨테이너로 돌아온 패킷의 출발지는 무엇입니까?",
    },
    {
      en: "A host drops a packet from outside that has its own address as the source. Somebody must change the source as well: look for masquerade in `nft list table inet brig` and in the step net.bridge.rules of `brig plan run -p 8080:80 lab`.",
      ko: "호스트는 출발지가 자기 주소인 패킷이 밖에서 오면 버립니다. 누군가 출발지도 바꾸어야 합니다. `nft list table inet brig`와, `brig plan run -p 8080:80 lab`의 net.bridge.rules 단계에서 masquerade를 찾아보세요.",
    },
    { en: "Put back net.bridge.rules.", ko: "net.bridge.rules를 되돌려 놓으세요." },
  ],
  solution: {
    en: 'A published port is a DNAT rule. When a member of the same network uses it, the answer would go straight back to the asker, who has asked somebody else and ignores it; and a container that asks itself gets a packet with its own source, which its kernel drops as impossible. The rule "to a published port on the same network" masquerades such packets: they get the machine\'s address as their source, so the answer comes back through the machine, where the translation is undone. The way out and back on the same side is called a hairpin.',
    ko: '포트 공개는 DNAT 규칙입니다. 같은 네트워크의 컨테이너가 그 포트를 쓰면 답이 물어본 쪽으로 곧장 가는데, 그쪽은 다른 주소에 물었으므로 그 답을 무시합니다. 자기 자신에게 물은 컨테이너는 출발지가 자기 주소인 패킷을 받고, 커널은 있을 수 없는 패킷으로 보고 버립니다. "to a published port on the same network" 규칙이 이런 패킷의 출발지를 머신의 주소로 바꿉니다(masquerade). 그러면 답이 머신을 거쳐 돌아오고, 거기서 변환이 되돌려집니다. 같은 쪽으로 나갔다 돌아오는 이 길을 헤어핀(hairpin)이라고 합니다.',
  },
  request: {
    command: ["httpd", "-f", "-p", "80", "-h", "/etc"],
    init: true,
    networks: [bareChoice("bridge")],
    publish: [{ containerPort: 80, protocol: "tcp", hostPort: { first: 8080, last: 8080 } }],
  },
  // The rules are made with the bridge: without one, each start makes them.
  prepare: async ({ onMachine }) => {
    await onMachine(["ip", "link", "del", "dev", bridge]);
    await onMachine(["nft", "delete", "table", "inet", "brig"]);
  },
  fault: { kind: "steps", breakPlan: withoutReturn, answer: [rules] },
  async check({ settle, run }) {
    await settle();
    const ask = (address: string) => run(["timeout", "2", "wget", "-q", "-O", "-", `http://${address}/lab`]);
    const direct = await ask("127.0.0.1:80");
    const { exitCode } = await ask("10.200.0.1:8080");
    if (direct.exitCode !== 0) {
      return verdict(false, { en: "The service itself does not answer.", ko: "서비스 자체가 답하지 않습니다." });
    }
    return exitCode === 0
      ? verdict(true, {
          en: "The container reaches itself at 10.200.0.1 port 8080.",
          ko: "컨테이너가 10.200.0.1의 8080번 포트로 자기 자신에게 닿습니다.",
        })
      : verdict(false, {
          en: "The service answers at 127.0.0.1, and within two seconds not at 10.200.0.1 port 8080.",
          ko: "서비스가 127.0.0.1에서는 답하지만, 10.200.0.1의 8080번 포트에서는 2초 안에 답하지 않습니다.",
        });
  },
};
