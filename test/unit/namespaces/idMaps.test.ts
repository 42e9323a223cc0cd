import assert from "node:assert/strict";
import { describe, it, test } from "node:test";
import {
  commonHostId,
  foreseenIds,
  formatIdMap,
  idMappings,
  largestGroupId,
  mappedIdCount,
} from "../../../src/namespaces/index.ts";

describe("formatIdMap()", () => {
  it("writes one line a range", () => {
    const mappings = idMappings({ firstId: 536936448, size: 65536 }).uidMappings;
    assert.equal(formatIdMap(mappings), "0 536936448 65536\n");
    assert.equal(
      formatIdMap([...mappings, { containerID: 65536, hostID: 5, size: 1 }]),
      "0 536936448 65536\n65536 5 1\n",
    );
  });

  it("refuses what the kernel would refuse", () => {
    const one = { containerID: 0, hostID: 1000, size: 10 };
    const bad = [
      [],
      [{ ...one, containerID: 1 }],
      [{ ...one, size: 0 }],
      [{ ...one, size: 1.5 }],
      [{ ...one, hostID: -1 }],
      [{ ...one, hostID: 2 ** 32 - 5 }],
      [one, { containerID: 9, hostID: 5000, size: 1 }],
      [one, { containerID: 20, hostID: 1009, size: 1 }],
      Array.from({ length: 341 }, (_, index) => ({ containerID: index, hostID: 1000 + index, size: 1 })),
    ];
    for (const mappings of bad)
      assert.throws(() => formatIdMap(mappings), { code: "invalidConfig" }, JSON.stringify(mappings));
  });
});

describe("largestGroupId()", () => {
  it("is bounded by the user namespace, and by the kernel's own limit in the host's", () => {
    assert.equal(largestGroupId(idMappings({ firstId: 1 << 29, size: 65536 }).gidMappings), 65535);
    assert.equal(largestGroupId(undefined), 2147483647);
    assert.equal(largestGroupId([{ containerID: 0, hostID: 0, size: 2 ** 32 - 1 }]), 2147483647);
  });
});

describe("idMappings()", () => {
  const range = { firstId: 100_000, size: 1000 };

  it("puts what was asked for in place of the range's ids", () => {
    const users = [
      { containerID: 10, hostID: 7, size: 2 },
      { containerID: 2000, hostID: 50, size: 1 },
    ];
    const maps = idMappings(range, { users, groups: [{ containerID: 0, hostID: 7, size: 1 }] });
    assert.equal(formatIdMap(maps.uidMappings), "0 100000 10\n10 7 2\n12 100012 988\n2000 50 1\n");
    assert.equal(formatIdMap(maps.gidMappings), "0 7 1\n1 100001 999\n");
    assert.equal(mappedIdCount(maps), 1000);
    assert.equal(mappedIdCount({}), undefined);
  });

  it("refuses ids that were asked for twice, and the range's own for another id", () => {
    const twice = [
      { containerID: 1, hostID: 7, size: 2 },
      { containerID: 2, hostID: 7, size: 1 },
    ];
    for (const users of [twice, [{ containerID: 2000, hostID: 100_500, size: 1 }]]) {
      assert.throws(() => idMappings(range, { users, groups: [] }), { code: "invalidConfig" });
    }
  });
});

describe("commonHostId()", () => {
  it("is root's where user and group are the same, else one that both have", () => {
    const range = { firstId: 100_000, size: 10 };
    const one = (containerID: number) => [{ containerID, hostID: 0, size: 1 }];
    assert.equal(commonHostId(idMappings(range)), 100_000);
    assert.equal(commonHostId(idMappings(range, { users: one(0), groups: one(0) })), 0);
    assert.equal(commonHostId(idMappings(range, { users: one(3), groups: one(0) })), 100_001);
    assert.equal(commonHostId(idMappings(range, { users: one(0), groups: [] })), 100_001);
    assert.equal(
      commonHostId({ uidMappings: one(0), gidMappings: [{ containerID: 0, hostID: 5, size: 1 }] }),
      undefined,
    );
  });
});

test("foreseenIds() has as many ids as the maps of any range will have", () => {
  const asked = { users: [{ containerID: 100, hostID: 5, size: 1 }], groups: [] };
  const maps = idMappings({ firstId: 1 << 29, size: 1000 }, asked);
  assert.equal(mappedIdCount(foreseenIds(1000, asked)), mappedIdCount(maps));
  assert.deepEqual(
    foreseenIds(1000, asked).uidMappings.map(({ containerID, size }) => [containerID, size]),
    maps.uidMappings.map(({ containerID, size }) => [containerID, size]),
  );
});
