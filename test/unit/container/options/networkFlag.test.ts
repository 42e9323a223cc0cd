import assert from "node:assert/strict";
import test from "node:test";
import { bareChoice, chooseNetworks } from "../../../../src/container/options/networkChoices.ts";
import { parseMacAddress, parseNetwork, parseRate } from "../../../../src/container/options/networkFlag.ts";

test("parseNetwork() reads a name, and fields in any order", () => {
  assert.deepEqual(parseNetwork("own"), bareChoice("own"));
  assert.deepEqual(parseNetwork("container:web"), bareChoice("container:web"));
  assert.deepEqual(parseNetwork("own,ip=10.0.0.2,alias=a,alias=b"), {
    ...bareChoice("own"),
    ipv4: "10.0.0.2",
    aliases: ["a", "b"],
  });
  assert.deepEqual(parseNetwork("gw-priority=-3,name=own,ip6=fd00::2,mac-address=02-00-00-00-00-0A,rate=10mbit"), {
    ...bareChoice("own"),
    ipv6: "fd00::2",
    mac: "02:00:00:00:00:0a",
    gatewayPriority: -3,
    rateBits: 10_000_000,
  });
});

test("parseNetwork() refuses other words", () => {
  for (const text of [
    "",
    "a b",
    "own,ip=1",
    "own,foo=bar",
    "own,alias=",
    "ip=10.0.0.1",
    "own,ip6=10.0.0.1",
    "../x",
    "own;flush ruleset",
    "x".repeat(1 << 20),
  ]) {
    assert.throws(() => parseNetwork(text), { code: "invalidValue" }, text.slice(0, 40));
  }
});

test("parseRate() and parseMacAddress() know their units and bounds", () => {
  assert.equal(parseRate("1.5mbps"), 12_000_000);
  assert.equal(parseRate("8000"), 8000);
  for (const text of ["1", "10miles", "-1mbit", "1e9"])
    assert.throws(() => parseRate(text), { code: "invalidValue" }, text);
  for (const text of ["01:00:00:00:00:00", "00:00:00:00:00:00", "02:00:00:00:00", "x"]) {
    assert.throws(() => parseMacAddress(text), { code: "invalidValue" }, text);
  }
});

test("chooseNetworks() gives what flags say to the first network, and the default one without any", () => {
  assert.deepEqual(chooseNetworks({ image: "x" }), { network: "bridge", networks: [bareChoice("bridge")] });
  assert.deepEqual(chooseNetworks({ image: "x", networks: [bareChoice("none")] }), { network: "none", networks: [] });
  const { network, networks } = chooseNetworks({
    image: "x",
    ip: "10.0.0.2",
    networks: [bareChoice("one"), bareChoice("two")],
  });
  assert.equal(network, "one");
  assert.deepEqual(
    networks.map(({ ipv4 }) => ipv4),
    ["10.0.0.2", undefined],
  );
});

test("chooseNetworks() refuses flags that exclude each other", () => {
  const refused = (options: Parameters<typeof chooseNetworks>[0], message: RegExp) =>
    assert.throws(() => chooseNetworks(options), { code: "usage", message });
  refused({ image: "x", networks: [bareChoice("none"), bareChoice("own")] }, /private \(none\) mode/);
  refused({ image: "x", networks: [bareChoice("own"), bareChoice("host")] }, /cannot attach both/);
  refused({ image: "x", networks: [bareChoice("own"), bareChoice("own")] }, /specified multiple times/);
  refused({ image: "x", ip: "10.0.0.2", networks: [bareChoice("host")] }, /supported on user defined networks only/);
  refused(
    { image: "x", macAddress: "02:00:00:00:00:01", networks: [bareChoice("none")] },
    /mac-address and the network mode/,
  );
  refused(
    { image: "x", ip: "10.0.0.2", networks: [{ ...bareChoice("own"), ipv4: "10.0.0.3" }] },
    /cannot specify both --ip/,
  );
});
