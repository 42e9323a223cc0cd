import assert from "node:assert/strict";
import test from "node:test";
import { parseSubnet } from "../../../src/network/addresses/subnet.ts";
import { bridgeInterfaceName, endpointId, hostInterfaceName } from "../../../src/network/interfaceNames.ts";
import type { NetworkRecord } from "../../../src/network/networkRecord.ts";
import type { NetworkRequest } from "../../../src/network/networkRequest.ts";
import { planNetworkRecord } from "../../../src/network/planNetworkRecord.ts";

const request: NetworkRequest = {
  name: "fresh",
  driver: "bridge",
  subnets: [],
  gateways: [],
  ipRanges: [],
  auxAddresses: new Map(),
  internal: false,
  ipv6: false,
  attachable: false,
  options: new Map(),
  labels: new Map(),
};

function plan(change: Partial<NetworkRequest>, existing: readonly NetworkRecord[] = []): NetworkRecord {
  const lan = parseSubnet("192.0.2.0/24");
  assert.ok(lan !== undefined);
  return planNetworkRecord(
    { ...request, ...change },
    {
      id: Buffer.from(change.name ?? "fresh")
        .toString("hex")
        .slice(0, 16)
        .padEnd(64, "0"),
      created: new Date(0),
      existing,
      routes: [{ subnet: lan, device: "eth0", direct: true }],
      interfaces: new Set(["lo", "eth0"]),
    },
  );
}

test("planNetworkRecord() chooses a subnet behind the one that is kept for the default network", () => {
  const own = plan({});
  assert.deepEqual(own.subnets, [
    { family: 4, subnet: "10.200.1.0/24", gateway: "10.200.1.1", auxAddresses: Object.create(null) },
  ]);
  assert.equal(own.hostInterface, "br-667265736800");
  const standard = plan({ name: "bridge" });
  assert.equal(standard.subnets[0]?.subnet, "10.200.0.0/24");
  assert.equal(standard.hostInterface, "brig0");
  assert.equal(plan({ name: "next" }, [own, standard]).subnets[0]?.subnet, "10.200.2.0/24");
});

test("planNetworkRecord() gives a network no IPv4 where that is asked for", () => {
  const { subnets } = plan({ ipv4: false, ipv6: true });
  assert.deepEqual(
    subnets.map(({ family }) => family),
    [6],
  );
  assert.throws(() => plan({ ipv4: false }), { code: "invalidValue", message: "IPv4 or IPv6 must be enabled" });
  const four = { ipv4: false, ipv6: true, subnets: ["10.9.0.0/24"] };
  assert.throws(() => plan(four), { code: "invalidValue", message: /10\.9\.0\.0\/24 needs a network with IPv4/ });
});

test("planNetworkRecord() gives gateway, range and further addresses to the subnet that holds them", () => {
  const { subnets, ipv6 } = plan({
    subnets: ["10.7.0.0/16", "fd00:7::/64"],
    gateways: ["fd00:7::ff", "10.7.0.254"],
    ipRanges: ["10.7.4.0/24"],
    auxAddresses: new Map([["__proto__", "10.7.4.9"]]),
    ipv6: true,
  });
  assert.equal(ipv6, true);
  assert.equal(subnets[0]?.gateway, "10.7.0.254");
  assert.equal(subnets[0]?.ipRange, "10.7.4.0/24");
  assert.deepEqual(Object.entries(subnets[0]?.auxAddresses ?? {}), [["__proto__", "10.7.4.9"]]);
  assert.equal(subnets[1]?.gateway, "fd00:7::ff");
});

test("planNetworkRecord() refuses what cannot be", () => {
  const own = plan({ name: "own" });
  const cases: readonly (readonly [Partial<NetworkRequest>, string, RegExp])[] = [
    [{ name: "own" }, "nameInUse", /already exists/],
    [{ name: "a b" }, "invalidValue", /invalid network name/],
    [{ name: "x; flush ruleset" }, "invalidValue", /invalid network name/],
    [{ name: "n".repeat(64) }, "invalidValue", /invalid network name/],
    [{ driver: "overlay" }, "notOffered", /no such driver/],
    [{ driver: "host" }, "invalidValue", /only one instance/],
    [{ subnets: ["10.200.1.0/28"] }, "busy", /Pool overlaps/],
    [{ subnets: ["192.0.2.128/25"] }, "busy", /the host itself is in 192\.0\.2\.0\/24/],
    [{ subnets: ["10.9.0.0/24", "10.9.0.0/25"] }, "invalidValue", /multiple overlapping subnet/],
    [{ subnets: ["10.9.0.0/4"] }, "invalidValue", /it should be|8 to 31 bits/],
    [{ subnets: ["10.9.0.0/24"], gateways: ["10.9.0.0"] }, "invalidValue", /no matching subnet for gateway/],
    [
      { subnets: ["10.9.0.0/24"], gateways: ["10.9.0.1", "10.9.0.2"] },
      "invalidValue",
      /cannot configure multiple gateways/,
    ],
    [{ subnets: ["10.9.0.0/24"], ipRanges: ["10.9.0.0/23"] }, "invalidValue", /no matching subnet for range/],
    [
      { subnets: ["10.9.0.0/24"], auxAddresses: new Map([["a", "10.8.0.1"]]) },
      "invalidValue",
      /no matching subnet for aux-address/,
    ],
    [{ options: new Map([["com.docker.network.driver.mtu", "1e3"]]) }, "invalidValue", /invalid value/],
    [{ options: new Map([["com.docker.network.driver.mtu", "600"]]), ipv6: true }, "invalidValue", /IPv6 needs 1280/],
    [{ options: new Map([["com.docker.network.bridge.name", "eth0"]]) }, "busy", /the host has an interface/],
    [{ options: new Map([["nonsense", "1"]]) }, "notOffered", /has no option "nonsense"/],
    [{ driver: "macvlan" }, "usage", /needs an interface/],
    [{ driver: "macvlan", options: new Map([["parent", "eth9"]]) }, "invalidValue", /no such interface/],
    [
      {
        driver: "ipvlan",
        options: new Map([
          ["parent", "eth0"],
          ["ipvlan_mode", "l4"],
        ]),
      },
      "invalidValue",
      /invalid value "l4"/,
    ],
  ];
  for (const [change, code, message] of cases) {
    assert.throws(
      () => plan(change, [own]),
      (error: Error & { code: string }) => {
        assert.equal(error.code, code, error.message);
        assert.match(error.message, message);
        return true;
      },
    );
  }
});

test("macvlan shares the subnet of its parent; ipvlan in mode l3 has no gateway", () => {
  const options = new Map([["parent", "eth0"]]);
  assert.equal(plan({ driver: "macvlan", subnets: ["192.0.2.0/24"], options }).hostInterface, "eth0");
  const routed = plan({
    driver: "ipvlan",
    subnets: ["10.9.0.0/24"],
    options: new Map([...options, ["ipvlan_mode", "l3"]]),
  });
  assert.equal(routed.subnets[0]?.gateway, undefined);
  assert.equal(routed.mode, "l3");
});

test("names of interfaces fit the kernel's 15 characters and differ by container and network", () => {
  const [one, other] = ["ab".repeat(32), "cd".repeat(32)];
  const names = new Set(
    [one, other].flatMap((id) => ["left", "right"].map((network) => hostInterfaceName(id, network))),
  );
  assert.equal(names.size, 4);
  for (const name of [...names, bridgeInterfaceName(one)]) assert.ok(name.length <= 15, name);
  assert.match(endpointId(one, "left"), /^[0-9a-f]{64}$/);
});
