import assert from "node:assert/strict";
import test from "node:test";
import type { Endpoint } from "../../../src/network/containerNetwork.ts";
import type { NetworkRecord } from "../../../src/network/networkRecord.ts";
import type { ToolStep } from "../../../src/network/networkSteps.ts";
import { planNetwork } from "../../../src/network/planNetwork.ts";

const facts = { tools: { ip: "/ip", nft: "/nft", tc: "/tc" }, ipv6: true };
const record: NetworkRecord = {
  version: 1,
  name: "own",
  id: "ab".repeat(32),
  driver: "bridge",
  created: "1970-01-01T00:00:00.000Z",
  subnets: [{ family: 4, subnet: "10.7.0.0/24", gateway: "10.7.0.1", auxAddresses: {} }],
  internal: false,
  ipv6: false,
  attachable: false,
  options: {},
  labels: {},
  mtu: 1400,
  hostInterface: "br-abababababab",
};
const endpoint: Endpoint = {
  network: "own",
  networkId: record.id,
  id: "cd".repeat(32),
  interfaceName: "eth0",
  hostInterface: "bv0123456789ab",
  mac: "02:42:0a:07:00:02",
  ipv4: { address: "10.7.0.2", prefixLength: 24, gateway: "10.7.0.1" },
  aliases: [],
  dnsNames: [],
  links: [],
  gatewayPriority: 0,
  wanted: {},
};

function plan(endpoints: readonly Endpoint[], records: readonly NetworkRecord[]) {
  const network = { version: 1, endpoints, ports: [] } as const;
  return planNetwork({ containerId: "ef".repeat(32), network, records, facts, runDirectory: "/run/x" });
}

function tool(steps: ReturnType<typeof plan>, id: string): ToolStep {
  const step = [...steps.up, ...steps.links].find((one) => one.id === id);
  assert.ok(step?.kind === "tool", id);
  return step;
}

test("planNetwork() brings a network up before anything is put into it, rules before the bridge", () => {
  const { up, links } = plan([endpoint], [record]);
  const order = [up, links].map((steps) =>
    steps.map(({ id }) => id).filter((id) => /rules|bridge$|link$|address$/.test(id)),
  );
  assert.deepEqual(order, [
    ["net.own.rules", "net.own.bridge"],
    ["net.link", "net.address"],
  ]);
  for (const id of ["net.own.rules", "net.own.bridge"]) {
    assert.equal(tool(plan([endpoint], [record]), id).unless, "/proc/sys/net/ipv4/conf/br-abababababab");
  }
});

test("planNetwork() publishes ports beside the interfaces, and asks for no process where there are none", () => {
  const ports = [{ hostIp: "0.0.0.0", hostPort: 8080, containerPort: 80, protocol: "tcp" }] as const;
  const network = { version: 1, endpoints: [endpoint], ports } as const;
  const request = { containerId: "ef".repeat(32), records: [record], facts, runDirectory: "/run/x" };
  const idsOf = (steps: readonly { readonly id: string }[]) =>
    steps.map(({ id }) => id).filter((id) => id.startsWith("net.ports"));
  const some = planNetwork({ ...request, network });
  assert.deepEqual(
    [idsOf(some.links), idsOf(some.ports)],
    [[], ["net.ports.loopback", "net.ports", "net.ports.changed"]],
  );
  const none = planNetwork({ ...request, network: { ...network, ports: [] } });
  assert.deepEqual([idsOf(none.links), none.ports], [["net.ports.changed"], []]);
});

test("planNetwork() makes and configures interfaces with one ip on each side", () => {
  const steps = plan([endpoint], [record]);
  assert.equal(
    tool(steps, "net.link").input,
    "link add name bv0123456789ab mtu 1400 type veth peer name eth0 mtu 1400 netns /proc/self/fd/3 address 02:42:0a:07:00:02\n" +
      "link set dev bv0123456789ab addrgenmode none master br-abababababab\n" +
      "link set dev bv0123456789ab up type bridge_slave hairpin on\n",
  );
  assert.equal(
    tool(steps, "net.address").input,
    "link set dev eth0 addrgenmode none\naddr add 10.7.0.2/24 brd + dev eth0\nlink set dev eth0 up\n" +
      "route replace 0.0.0.0/0 via 10.7.0.1 dev eth0\n",
  );
  assert.equal(tool(steps, "net.address").inside, true);
});

test("planNetwork() routes by priority, and never through an internal network", () => {
  const other = { ...record, name: "other", hostInterface: "br-cdcdcdcdcdcd" };
  const second: Endpoint = { ...endpoint, network: "other", interfaceName: "eth1", gatewayPriority: 1 };
  assert.match(tool(plan([endpoint, second], [record, other]), "net.address").input, /via 10\.7\.0\.1 dev eth1\n$/);
  const inner = { ...other, internal: true };
  assert.match(tool(plan([endpoint, second], [record, inner]), "net.address").input, /via 10\.7\.0\.1 dev eth0\n$/);
  assert.doesNotMatch(tool(plan([second], [inner]), "net.address").input, /route/);
});

test("planNetwork() names no interface of the host's for macvlan and ipvlan", () => {
  const { hostInterface: _, ...bare } = endpoint;
  const lan: NetworkRecord = { ...record, driver: "macvlan", hostInterface: "eth7" };
  assert.equal(
    tool(plan([bare], [lan]), "net.link").input,
    "link add link eth7 name eth0 mtu 1400 netns /proc/self/fd/3 address 02:42:0a:07:00:02 type macvlan mode bridge\n",
  );
  const routed: NetworkRecord = { ...lan, driver: "ipvlan", mode: "l3" };
  assert.match(tool(plan([bare], [routed]), "net.link").input, /type ipvlan mode l3\n$/);
  assert.match(tool(plan([bare], [routed]), "net.address").input, /route replace 0\.0\.0\.0\/0 dev eth0\n$/);
});

test("planNetwork() switches IPv6 off where the network has none, and believes no router where it has", () => {
  assert.deepEqual(
    plan([endpoint], [record]).settings.map(({ file, value }) => [file, value]),
    [["sys/net/ipv6/conf/eth0/disable_ipv6", "1"]],
  );
  const ipv6 = { address: "fd00::2", prefixLength: 64, gateway: "fd00::1" };
  assert.deepEqual(
    plan([{ ...endpoint, ipv6 }], [record]).settings.map(({ file, value }) => [file, value]),
    [["sys/net/ipv6/conf/eth0/accept_ra", "0"]],
  );
});
