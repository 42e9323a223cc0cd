import { addRule, emptyChain, matches, meta, type NftObject, nftTable, prefix } from "./nftJson.ts";
import { portMaps } from "./portMaps.ts";

/*
 * How a packet for a published port finds its container. Every published port is one element of a pair of maps, which
 * together say where it leads: the address and the port of a container. (libnftables-json(5) has no name for a map whose
 * data are both.) The key is protocol and port, and the host's address where the port was published on one.
 */

/** Maps, chains and rules of published ports, which `baseRules` applies with its own. */
export function portRules(): readonly NftObject[] {
  return [
    ...portMaps.flatMap(({ addresses, numbers, family, key }) => [
      { add: { map: { ...nftTable, name: addresses, type: key, map: family === 4 ? "ipv4_addr" : "ipv6_addr" } } },
      { add: { map: { ...nftTable, name: numbers, type: key, map: "inet_service" } } },
    ]),
    ...emptyChain("guard", { type: "filter", hook: "prerouting", priority: -300 }),
    ...emptyChain("published", { type: "nat", hook: "prerouting", priority: -100 }),
    ...emptyChain("published-local", { type: "nat", hook: "output", priority: -100 }),
    ...emptyChain("advertised", { type: "filter", hook: "input", priority: 0 }),
    ...guardRules(),
    ...translationRules("published"),
    ...translationRules("published-local"),
    ...returnRules(),
  ];
}

/**
 * The bridges route addresses of the loopback (route_localnet), so that a port can be reached at 127.0.0.1; here is
 * decided that only this host uses them. An answer to this host comes to an address of the bridge and is translated later.
 */
function guardRules(): readonly NftObject[] {
  const loopback = prefix("127.0.0.0/8");
  const fromBridge = matches(meta("iifname"), "@bridges");
  return [
    addRule("guard", "from elsewhere to the loopback", [
      matches(meta("iifname"), "lo", "!="),
      matches(payload("ip", "daddr"), loopback),
      { drop: null },
    ]),
    addRule("guard", "from a container in the name of the loopback", [
      fromBridge,
      matches(payload("ip", "saddr"), loopback),
      { drop: null },
    ]),
    addRule("advertised", "routers and address servers are not containers", [
      fromBridge,
      matches(payload("icmpv6", "type"), "nd-router-advert"),
      { drop: null },
    ]),
  ];
}

/** An address of the host's own comes before every address of it. */
function translationRules(chain: string): readonly NftObject[] {
  const toThisHost = matches({ fib: { result: "type", flags: ["daddr"] } }, "local");
  return portMaps.map(({ family, exact, addresses, numbers }) => {
    const protocol = family === 4 ? "ip" : "ip6";
    const key = {
      concat: [meta("l4proto"), ...(exact ? [payload(protocol, "daddr")] : []), payload("th", "dport")],
    };
    const translation = { family: protocol, addr: lookUp(key, addresses), port: lookUp(key, numbers) };
    return addRule(chain, `published on ${exact ? "one address" : "every address"}, IPv${family}`, [
      toThisHost,
      { dnat: translation },
    ]);
  });
}

/**
 * The source of a packet is changed only where the answer would not come back through here otherwise: from a member of
 * the same network, and from the host's loopback.
 */
function returnRules(): readonly NftObject[] {
  const pair = { concat: [meta("iifname"), meta("oifname")] };
  const intoBridge = matches(meta("oifname"), "@bridges");
  const published = matches({ ct: { key: "status" } }, "dnat", "in");
  // Where bridges ask this host's rules (br_netfilter), a packet for the bridge that it came from has no first interface.
  const bridged = [["ip", "@subnets4"] as const, ["ip6", "@subnets6"] as const].map(([protocol, set]) =>
    addRule("postrouting", "to a published port on the same network, within the bridge", [
      published,
      matches(meta("iif"), 0),
      matches(payload(protocol, "saddr"), set),
      intoBridge,
      { masquerade: null },
    ]),
  );
  return [
    addRule("postrouting", "to a published port on the same network", [
      published,
      matches(pair, "@within"),
      { masquerade: null },
    ]),
    ...bridged,
    addRule("postrouting", "from the loopback to a published port", [
      matches(payload("ip", "saddr"), prefix("127.0.0.0/8")),
      intoBridge,
      { masquerade: null },
    ]),
    addRule("postrouting", "from the loopback to a published port", [
      matches(payload("ip6", "saddr"), "::1"),
      intoBridge,
      { masquerade: null },
    ]),
  ];
}

function payload(protocol: string, field: string): NftObject {
  return { payload: { protocol, field } };
}

function lookUp(key: NftObject, map: string): NftObject {
  return { map: { key, data: `@${map}` } };
}
