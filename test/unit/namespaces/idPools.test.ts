import assert from "node:assert/strict";
import { describe, it, test } from "node:test";
import { parseIdPool, requireLargePool, subordinatePools } from "../../../src/namespaces/index.ts";

describe("subordinatePools()", () => {
  it("prefers the ids of brig to those of containers", () => {
    const file = "alice:100000:65536\ncontainers:200000:65536\nbrig:300000:131072\n";
    assert.deepEqual(subordinatePools({ subuid: file, subgid: file }), [{ firstId: 300000, size: 131072 }]);
    const others = file.replace("brig", "bob");
    assert.deepEqual(subordinatePools({ subuid: others, subgid: others }), [{ firstId: 200000, size: 65536 }]);
    const none = others.replace("containers", "carol");
    assert.equal(subordinatePools({ subuid: none, subgid: none }), undefined);
  });

  it("takes what users and groups have in common, in as many pieces as there are", () => {
    const subuid = "brig:100000:200000\nbrig:600000:65536\n";
    const subgid = "brig:150000:100000\nbrig:600000:70000\n";
    assert.deepEqual(subordinatePools({ subuid, subgid }), [
      { firstId: 150000, size: 100000 },
      { firstId: 600000, size: 65536 },
    ]);
  });

  it("refuses entries that leave no container's worth of ids", () => {
    for (const [subuid, subgid] of [
      ["brig:100000:65535", "brig:100000:65535"],
      ["brig:100000:65536", ""],
      ["brig:100000:65536", "brig:200000:65536"],
    ] as const) {
      assert.throws(() => subordinatePools({ subuid, subgid }), { code: "invalidConfig" });
    }
  });

  it("passes over lines that are none, ids of root and ids beyond the last", () => {
    const file = "# x\nbrig\nbrig:1\nbrig:a:b\nbrig:0:65536\nbrig:4294967295:65536\nbrig:9:-1\nbrig:1:1:1\n";
    assert.equal(subordinatePools({ subuid: file, subgid: file }), undefined);
  });
});

describe("parseIdPool()", () => {
  it("reads FIRST:COUNT", () => {
    assert.deepEqual(parseIdPool("100000:65536"), { firstId: 100000, size: 65536 });
    for (const text of ["", "1", "100000:65535", "0:65536", "4294900000:99999", "1:2:3", "a:b", "-1:65536"]) {
      assert.equal(parseIdPool(text), undefined, text);
    }
  });
});

test("requireLargePool() refuses a size that no pool could ever give", () => {
  const pools = [
    { firstId: 100_000, size: 65_536 },
    { firstId: 300_000, size: 131_072 },
  ];
  requireLargePool(pools, 131_072);
  assert.throws(() => requireLargePool(pools, 131_073), {
    code: "invalidValue",
    message: "cannot give a container 131073 user ids: the largest pool has 131072",
  });
});
