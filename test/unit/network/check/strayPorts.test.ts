import assert from "node:assert/strict";
import test from "node:test";
import { findStrayPorts, type NetworkRecord, withdrawStrays } from "../../../../src/network/index.ts";

const record = {
  subnets: [{ family: 4, subnet: "10.200.0.0/24", gateway: "10.200.0.1", auxAddresses: {} }],
} as unknown as NetworkRecord; // only the subnets are looked at

const map = (name: string, elem: readonly unknown[], table = "brig") => ({
  map: { family: "inet", table, name, elem },
});
const key = (...concat: readonly unknown[]) => ({ concat });
const port = (hostPort: number, address: string) =>
  ({ hostIp: "0.0.0.0", hostPort, containerPort: 80, protocol: "tcp", address }) as const;

function strays(nftables: unknown, known: readonly ReturnType<typeof port>[] = []) {
  return findStrayPorts({ ruleset: { nftables }, records: [record], known });
}

const two = [
  map("address4", [
    [key("tcp", 8080), "10.200.0.2"],
    [key("tcp", 8081), "10.200.0.3"],
    [key("tcp", 8082), "10.200.1.2"],
  ]),
  map("port4", [
    [key("tcp", 8080), 80],
    [key("tcp", 8081), 80],
    [key("tcp", 8082), 80],
  ]),
];

test("findStrayPorts() finds what leads into our networks and to nobody, and leaves what leads elsewhere", () => {
  assert.deepEqual(strays(two, [port(8080, "10.200.0.2")]), [port(8081, "10.200.0.3")]);
  assert.deepEqual(strays(two, [port(8080, "10.200.0.2"), port(8081, "10.200.0.3")]), []);
});

test("findStrayPorts() takes a known port that leads to another address for a stray one", () => {
  assert.deepEqual(strays(two, [port(8080, "10.200.0.9"), port(8081, "10.200.0.3")]), [port(8080, "10.200.0.2")]);
});

test("findStrayPorts() keeps the address of a port that was published on one, and half a pair", () => {
  const found = strays([map("address-at4", [[key("udp", "192.0.2.1", 53), "10.200.0.4"]])]);
  assert.deepEqual(found, [
    { hostIp: "192.0.2.1", hostPort: 53, containerPort: 1, protocol: "udp", address: "10.200.0.4" },
  ]);
});

test("findStrayPorts() looks at brig's table only, and at nothing that it does not know", () => {
  assert.deepEqual(strays([map("address4", [[key("tcp", 8080), "10.200.0.2"]], "other")]), []);
  assert.deepEqual(strays([map("address4", ["word", [key("tcp"), 7], [key("icmp", 1), "10.200.0.2"]])]), []);
  assert.deepEqual(strays(undefined), []);
});

test("withdrawStrays() is one transaction that an element which is gone does not refuse", () => {
  const facts = { tools: { ip: "/ip", nft: "/nft", tc: "/tc" }, ipv6: false };
  const [step, ...more] = withdrawStrays([port(8081, "10.200.0.3")], facts);
  assert.deepEqual(more, []);
  const { nftables } = JSON.parse(step?.input ?? "") as { readonly nftables: readonly object[] };
  assert.deepEqual(
    nftables.map((command) => Object.keys(command)[0]),
    ["add", "delete", "add", "delete"],
  );
});
