import { bareChoice } from "../../container/index.ts";
import { withFields } from "../alterPlan.ts";
import { type Lab, verdict } from "../lab.ts";

/** The two ends of a veth pair that do not agree how large a packet may be. */
export const mtuMismatch: Lab = {
  number: 17,
  id: "mtu-mismatch",
  title: { en: "Small packets pass, large ones vanish", ko: "작은 패킷만 지나가는 길" },
  story: {
    en: "The network works: ping answers, connections are made. As soon as somebody sends more than a little, everything hangs, without any error.",
    ko: "네트워크는 됩니다. ping도 답이 오고 연결도 됩니다. 그런데 조금만 많이 보내면 아무 오류 없이 멈춥니다.",
  },
  task: {
    en: "Let packets of 1,400 bytes get from the container to its gateway, 10.200.0.1.",
    ko: "1,400바이트 패킷이 컨테이너에서 게이트웨이 10.200.0.1까지 가게 하세요.",
  },
  hints: [
    {
      en: "Try `brig exec lab ping -c 1 -W 1 -s SIZE 10.200.0.1` with several sizes. Where is the border?",
      ko: "`brig exec lab ping -c 1 -W 1 -s 크기 10.200.0.1`을 여러 크기로 해 보세요. 경계는 어디입니까?",
    },
    {
      en: "A veth pair is two interfaces, one in the container and one on the machine. Compare their mtu: `brig exec lab ip link` and `ip link`.",
      ko: "veth는 인터페이스 두 개가 한 쌍이고, 하나는 컨테이너에, 하나는 머신에 있습니다. `brig exec lab ip link`와 `ip link`에서 둘의 mtu를 비교해 보세요.",
    },
    {
      en: "The pair is made by the step net.link. Put it back.",
      ko: "veth 쌍은 net.link 단계가 만듭니다. 이 단계를 되돌려 놓으세요.",
    },
  ],
  solution: {
    en: "The container's end had an MTU of 1500 and the machine's end one of 1280. What the container sends is handed to the other end, which drops frames larger than its own MTU. A router that has to drop a packet says so with ICMP, and the sender learns the size of the path; here nothing routes, so nobody says anything. The same happens wherever a tunnel makes the path narrower and a firewall drops the ICMP messages. Both ends of a link must have the same MTU.",
    ko: "컨테이너 쪽 끝의 MTU는 1500이고 머신 쪽 끝은 1280이었습니다. 컨테이너가 보낸 것은 다른 쪽 끝으로 건네지고, 그쪽은 자기 MTU보다 큰 프레임을 버립니다. 라우터라면 패킷을 버릴 때 ICMP로 알려 보내는 쪽이 경로의 크기를 알게 됩니다. 여기서는 라우팅하는 것이 없으니 아무도 알리지 않습니다. 터널 때문에 길이 좁아지고 방화벽이 ICMP를 막는 곳이면 어디서나 같은 일이 일어납니다. 링크의 양 끝은 MTU가 같아야 합니다.",
  },
  request: { command: ["sleep", "infinity"], init: true, capAdd: ["NET_RAW"], networks: [bareChoice("bridge")] },
  fault: {
    kind: "steps",
    breakPlan: (plan) => {
      const input = plan.steps.find(({ id }) => id === "net.link")?.fields["input"];
      return withFields(plan, "net.link", { fields: { input: String(input).replace(/ mtu \d+/, " mtu 1280") } });
    },
    answer: ["net.link"],
  },
  async check({ run }) {
    const ping = (size: string) => run(["ping", "-c", "1", "-W", "1", "-s", size, "10.200.0.1"]);
    const [small, large] = [await ping("64"), await ping("1400")];
    if (small.exitCode !== 0) {
      return verdict(false, { en: "Not even small packets arrive.", ko: "작은 패킷조차 도착하지 않습니다." });
    }
    return large.exitCode === 0
      ? verdict(true, {
          en: "Packets of 64 and of 1,400 bytes are answered.",
          ko: "64바이트와 1,400바이트 패킷에 모두 답이 옵니다.",
        })
      : verdict(false, {
          en: "Packets of 64 bytes are answered, those of 1,400 bytes are not.",
          ko: "64바이트 패킷에는 답이 오지만 1,400바이트 패킷에는 오지 않습니다.",
        });
  },
};
