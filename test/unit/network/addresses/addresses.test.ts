import assert from "node:assert/strict";
import test from "node:test";
import { parseRoutes4, parseRoutes6 } from "../../../../src/network/addresses/hostRoutes.ts";
import { formatAddress, macOfAddress, parseAddress } from "../../../../src/network/addresses/ipAddress.ts";
import {
  contains,
  formatSubnet,
  isUsable,
  overlaps,
  parseSubnet,
  type Subnet,
} from "../../../../src/network/addresses/subnet.ts";
import { chooseSubnet4, chooseSubnet6 } from "../../../../src/network/addresses/subnetPool.ts";

function subnet(text: string): Subnet {
  const parsed = parseSubnet(text);
  assert.ok(parsed !== undefined, text);
  return parsed;
}

function address(text: string) {
  const parsed = parseAddress(text);
  assert.ok(parsed !== undefined, text);
  return parsed;
}

test("formatAddress() writes the shortest form of what parseAddress() read", () => {
  const forms = {
    "10.200.0.1": "10.200.0.1",
    "255.255.255.255": "255.255.255.255",
    "::": "::",
    "::1": "::1",
    "FD00:0:0:1::": "fd00:0:0:1::",
    "2001:db8:0:0:1:0:0:1": "2001:db8::1:0:0:1",
    "2001:db8:0:1:1:1:1:1": "2001:db8:0:1:1:1:1:1",
    "::ffff:10.0.0.1": "::ffff:a00:1",
  };
  for (const [text, shortest] of Object.entries(forms)) assert.equal(formatAddress(address(text)), shortest, text);
});

test("parseAddress() refuses what is no address", () => {
  for (const text of [
    "",
    "10.0.0",
    "10.0.0.256",
    "010.0.0.1",
    "fe80::1%eth0",
    "::1::",
    "10.0.0.1/8",
    "1".repeat(1 << 20),
  ]) {
    assert.equal(parseAddress(text), undefined, text.slice(0, 40));
  }
});

test("parseSubnet() clears the bits behind the prefix and refuses lengths that cannot be", () => {
  assert.equal(formatSubnet(subnet("10.1.2.3/16")), "10.1.0.0/16");
  assert.equal(formatSubnet(subnet("fd00:51::77/64")), "fd00:51::/64");
  for (const text of ["10.0.0.0", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "fd00::/129", "/8"]) {
    assert.equal(parseSubnet(text), undefined, text);
  }
});

test("overlaps(), contains() and isUsable() know edges", () => {
  assert.equal(overlaps(subnet("10.0.0.0/8"), subnet("10.255.255.0/24")), true);
  assert.equal(overlaps(subnet("10.0.0.0/24"), subnet("10.0.1.0/24")), false);
  assert.equal(overlaps(subnet("::/0"), subnet("0.0.0.0/0")), false);
  assert.equal(contains(subnet("10.0.0.0/24"), address("10.0.0.255")), true);
  assert.equal(contains(subnet("10.0.0.0/24"), address("10.0.1.0")), false);
  assert.equal(isUsable(subnet("10.0.0.0/24"), address("10.0.0.0")), false);
  assert.equal(isUsable(subnet("10.0.0.0/24"), address("10.0.0.255")), false);
  assert.equal(isUsable(subnet("10.0.0.0/31"), address("10.0.0.1")), true);
  assert.equal(isUsable(subnet("fd00::/64"), address("fd00::ffff:ffff:ffff:ffff")), true);
});

test("chooseSubnet4() takes the lowest /24 that nothing overlaps, until there is none", () => {
  const next = (...taken: readonly string[]) => formatSubnet(chooseSubnet4(taken.map(subnet)));
  assert.equal(next(), "10.200.0.0/24");
  assert.equal(next("10.200.0.0/24", "10.200.2.0/24"), "10.200.1.0/24");
  assert.equal(next("10.200.0.0/16", "192.168.0.0/16"), "10.201.0.0/24");
  assert.equal(next("10.200.0.128/25"), "10.200.1.0/24");
  assert.throws(() => next("10.0.0.0/8"), { code: "busy" });
});

test("chooseSubnet6() gives local subnets", () => {
  assert.match(formatSubnet(chooseSubnet6()), /^fd[0-9a-f:]+::\/64$/);
});

test("parseRoutes4() reads the kernel's table and leaves out default routes", () => {
  const text = [
    "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT",
    "eth0\t00000000\t0102A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0",
    "eth0\t0002A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
    "tun0\t0000000A\t0102A8C0\t0003\t0\t0\t0\t000000FF\t0\t0\t0",
    "garbage",
    "",
  ].join("\n");
  const found = parseRoutes4(text).map((route) => ({ ...route, subnet: formatSubnet(route.subnet) }));
  assert.deepEqual(found, [
    { subnet: "192.168.2.0/24", device: "eth0", direct: true },
    { subnet: "10.0.0.0/8", device: "tun0", direct: false },
  ]);
});

test("parseRoutes6() leaves out what says nothing about subnets", () => {
  const line = (destination: string, bits: string, device: string) =>
    `${destination} ${bits} ${"0".repeat(32)} 00 ${"0".repeat(32)} 00000100 00000001 00000000 00000001 ${device.padStart(8)}`;
  const text = [
    line("20010db8000000000000000000000000", "40", "eth0"),
    line("fe800000000000000000000000000000", "40", "eth0"),
    line("00000000000000000000000000000001", "80", "lo"),
    line("ff000000000000000000000000000000", "08", "eth0"),
    line("00000000000000000000000000000000", "00", "eth0"),
  ].join("\n");
  assert.deepEqual(
    parseRoutes6(text).map((route) => [formatSubnet(route.subnet), route.device]),
    [["2001:db8::/64", "eth0"]],
  );
});

test("macOfAddress() is locally administered and ends in the address", () => {
  assert.equal(macOfAddress(address("10.200.0.2")), "02:42:0a:c8:00:02");
});
