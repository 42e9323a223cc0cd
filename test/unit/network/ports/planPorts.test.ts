import assert from "node:assert/strict";
import test from "node:test";
import type { ContainerNetwork, Endpoint, NetworkRecord, PublishedPort } from "../../../../src/network/index.ts";
import { planPorts, publishingEndpoint } from "../../../../src/network/ports/planPorts.ts";

const endpoint: Endpoint = {
  network: "bridge",
  networkId: "a".repeat(64),
  id: "b".repeat(64),
  interfaceName: "eth0",
  hostInterface: "bv0",
  mac: "02:42:0a:c8:00:02",
  ipv4: { address: "10.200.0.2", prefixLength: 24, gateway: "10.200.0.1" },
  aliases: [],
  dnsNames: [],
  links: [],
  gatewayPriority: 0,
  wanted: {},
};

const record: NetworkRecord = {
  version: 1,
  name: "bridge",
  id: "a".repeat(64),
  driver: "bridge",
  created: "2026-01-01T00:00:00.000Z",
  subnets: [{ family: 4, subnet: "10.200.0.0/24", gateway: "10.200.0.1", auxAddresses: {} }],
  internal: false,
  ipv6: false,
  attachable: false,
  options: {},
  labels: {},
  mtu: 1500,
  hostInterface: "brig0",
};

const port = (hostIp: string, hostPort: number, containerPort: number): PublishedPort => ({
  hostIp,
  hostPort,
  containerPort,
  protocol: "tcp",
});

function plan(
  ports: readonly PublishedPort[],
  endpoints: readonly Endpoint[] = [endpoint],
  more: { readonly stdbuf?: string } = {},
) {
  const network: ContainerNetwork = { version: 1, endpoints, ports };
  const tools = { ip: "/ip", nft: "/nft", tc: "/tc", ...more };
  return planPorts({
    containerId: "c",
    network,
    records: [record, { ...record, name: "other", hostInterface: "br-other" }],
    facts: { tools, ipv6: true },
    runDirectory: "/run/c",
  });
}

function documents(ports: readonly PublishedPort[], endpoints?: readonly Endpoint[]): readonly unknown[] {
  return plan(ports, endpoints).start.flatMap((step) =>
    step.kind === "tool" && step.input !== "" ? [JSON.parse(step.input)] : [],
  );
}

test("planPorts() publishes a port as one element of each of two maps, in one transaction", () => {
  const key = { concat: ["tcp", 8080] };
  const element = (name: string, to: unknown) => ({
    add: { element: { family: "inet", table: "brig", name, elem: [[key, to]] } },
  });
  assert.deepEqual(documents([port("0.0.0.0", 8080, 80)]), [
    { nftables: [element("address4", "10.200.0.2"), element("port4", 80)] },
  ]);
});

test("planPorts() keeps what is published on one address apart from what is published on all", () => {
  const [document] = documents([port("127.0.0.1", 1, 2), port("0.0.0.0", 3, 4)]);
  const text = JSON.stringify(document);
  assert.match(text, /"address-at4","elem":\[\[\{"concat":\["tcp","127\.0\.0\.1",1\]\},"10\.200\.0\.2"\]\]/);
  assert.match(text, /"port4","elem":\[\[\{"concat":\["tcp",3\]\},4\]\]/);
});

test("planPorts() lets the loopback leave through the bridge only where something is published, and asks no program then", () => {
  const none = plan([]);
  assert.deepEqual(
    none.start.map(({ kind }) => kind),
    ["tool"],
  );
  assert.ok(none.start.every((step) => step.kind === "tool" && step.when === "/run/c/publish.json"));
  const settings = plan([port("0.0.0.0", 1, 2)]).start.filter(({ kind }) => kind === "setting");
  assert.deepEqual(
    settings.map((step) => (step.kind === "setting" ? [step.file, step.value] : [])),
    [["/proc/sys/net/ipv4/conf/brig0/route_localnet", "1"]],
  );
});

test("planPorts() withdraws at the end what it published, even when some of it is gone", () => {
  const [step] = plan([port("0.0.0.0", 8080, 80)]).end;
  assert.ok(step?.kind === "tool" && step.unless === "/run/c/withdraw.json");
  const { nftables } = JSON.parse(step.input) as { nftables: readonly Record<string, unknown>[] };
  assert.deepEqual(
    nftables.flatMap((command) => Object.keys(command)),
    ["add", "delete", "add", "delete"],
  );
});

test("planPorts() waits at the end for what nft says where it can be made to say it at once, not for its own end", () => {
  const [plain] = plan([port("0.0.0.0", 8080, 80)]).end;
  assert.ok(plain?.kind === "tool" && plain.program === "/nft" && plain.answers === undefined);
  const [prompt] = plan([port("0.0.0.0", 8080, 80)], [endpoint], { stdbuf: "/stdbuf" }).end;
  assert.ok(prompt?.kind === "tool" && prompt.program === "/stdbuf" && prompt.answers === true);
  assert.deepEqual(prompt.argv, ["stdbuf", "-o0", "/nft", "-j", "-e", "-f", "-"]);
});

test("planPorts() leads to the network with the default route, and nowhere from a family that is not there", () => {
  const second: Endpoint = {
    ...endpoint,
    network: "other",
    ipv4: { address: "10.200.1.2", prefixLength: 24, gateway: "10.200.1.1" },
    gatewayPriority: 5,
  };
  assert.match(JSON.stringify(documents([port("0.0.0.0", 1, 2)], [endpoint, second])), /10\.200\.1\.2/);
  assert.deepEqual(documents([port("::", 1, 2)]), []);
});

test("publishingEndpoint() finds no way into an internal network, nor through one that is no bridge", () => {
  const network = { endpoints: [endpoint] };
  assert.equal(publishingEndpoint(network, [{ ...record, internal: true }]), undefined);
  assert.equal(publishingEndpoint(network, [{ ...record, driver: "macvlan" }]), undefined);
  assert.equal(publishingEndpoint(network, [record]), endpoint);
});
