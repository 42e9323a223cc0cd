import { addRule, addSet, addTable, emptyChain, matches, meta, type NftObject } from "./nftJson.ts";
import { portRules } from "./portRules.ts";

/**
 * The table `inet brig` without anything of a network or container in it: sets that say which interfaces and subnets are
 * brig's, and rules that look into them. Applied again it changes nothing: rules are replaced, elements stay.
 *
 *   bridges              the interfaces of brig's bridges
 *   within               pairs of a bridge and itself: traffic between two members of one network
 *   isolated             bridges of internal networks
 *   subnets4, subnets6   the subnets of bridges
 *   outward4, outward6   those of them whose traffic to the outside gets the host's address
 */
export function baseRules(): readonly NftObject[] {
  return [
    ...baseSets(),
    ...emptyChain("forward", { type: "filter", hook: "forward", priority: 0 }),
    ...emptyChain("postrouting", { type: "nat", hook: "postrouting", priority: 100 }),
    ...portRules(),
    ...forwardRules(),
    ...outwardRules(),
  ];
}

/** The table and its sets, without the rules that look into them. */
export function baseSets(): readonly NftObject[] {
  return [
    addTable(),
    addSet("bridges", "ifname"),
    addSet("within", ["ifname", "ifname"]),
    addSet("isolated", "ifname"),
    addSet("subnets4", "ipv4_addr", ["interval"]),
    addSet("subnets6", "ipv6_addr", ["interval"]),
    addSet("outward4", "ipv4_addr", ["interval"]),
    addSet("outward6", "ipv6_addr", ["interval"]),
  ];
}

/** Into a bridge comes what answers, what was published, and what its own members say; out of an internal one nothing. */
function forwardRules(): readonly NftObject[] {
  const pair = { concat: [meta("iifname"), meta("oifname")] };
  const intoBridge = matches(meta("oifname"), "@bridges");
  return [
    addRule("forward", "answers", [
      matches({ ct: { key: "state" } }, ["established", "related"], "in"),
      { accept: null },
    ]),
    addRule("forward", "between members of one network", [matches(pair, "@within"), { accept: null }]),
    addRule("forward", "out of an internal network", [matches(meta("iifname"), "@isolated"), { drop: null }]),
    addRule("forward", "into an internal network", [matches(meta("oifname"), "@isolated"), { drop: null }]),
    addRule("forward", "published ports", [
      matches({ ct: { key: "status" } }, "dnat", "in"),
      intoBridge,
      { accept: null },
    ]),
    addRule("forward", "anything else into a network", [intoBridge, { drop: null }]),
  ];
}

function outwardRules(): readonly NftObject[] {
  const outside = matches(meta("oifname"), "@bridges", "!=");
  return [["ip", "@outward4"] as const, ["ip6", "@outward6"] as const].map(([protocol, set]) =>
    addRule("postrouting", "to the outside with the host's address", [
      matches({ payload: { protocol, field: "saddr" } }, set),
      outside,
      { masquerade: null },
    ]),
  );
}
