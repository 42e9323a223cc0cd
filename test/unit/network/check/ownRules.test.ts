import assert from "node:assert/strict";
import test from "node:test";
import { findElements, parseChains } from "../../../../src/network/check/ownRules.ts";

test("parseChains() keeps the rules of each chain, as they were printed", () => {
  const text = [
    "table inet brig {",
    "\tset bridges {",
    "\t\ttype ifname",
    "\t}",
    "",
    "\tchain forward {",
    "\t\ttype filter hook forward priority filter; policy accept;",
    '\t\toifname @bridges drop comment "a { b }"',
    "\t}",
    "",
    "\tchain empty {",
    "\t}",
    "}",
    "",
  ].join("\n");
  assert.deepEqual(parseChains(text), [
    {
      name: "forward",
      hook: "type filter hook forward priority filter; policy accept;",
      rules: ['oifname @bridges drop comment "a { b }"'],
    },
    { name: "empty", hook: "", rules: [] },
  ]);
});

test("findElements() finds what is about a container, with both halves of a published port", () => {
  const json = JSON.stringify({
    nftables: [
      { metainfo: {} },
      { set: { name: "bridges", elem: ["brig0", "br-1"] } },
      { set: { name: "within", elem: [{ concat: ["br-1", "br-1"] }, { concat: ["brig0", "brig0"] }] } },
      { set: { name: "subnets4", elem: [{ prefix: { addr: "10.99.0.0", len: 24 } }, { elem: { val: "10.1.0.0" } }] } },
      { set: { name: "none" } },
      {
        map: {
          name: "address4",
          elem: [
            [{ concat: ["tcp", 8080] }, "10.99.0.2"],
            [{ concat: ["tcp", 8081] }, "10.99.0.22"],
          ],
        },
      },
      {
        map: {
          name: "port4",
          elem: [
            [{ concat: ["tcp", 8080] }, 80],
            [{ concat: ["tcp", 8081] }, 80],
          ],
        },
      },
    ],
  });
  const subject = { interfaces: ["br-1"], addresses: ["10.99.0.2"], subnets: ["10.99.0.0/24"] };
  assert.deepEqual(
    findElements(json, subject).map(({ set, element }) => `${set} ${element}`),
    [
      "bridges br-1",
      "within br-1 . br-1",
      "subnets4 10.99.0.0/24",
      "address4 tcp . 8080 : 10.99.0.2",
      "port4 tcp . 8080 : 80",
    ],
  );
});
