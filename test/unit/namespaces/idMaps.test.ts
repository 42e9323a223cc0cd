import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatIdMap, idMappings, largestGroupId } from "../../../src/namespaces/index.ts";

describe("formatIdMap()", () => {
  it("writes one line a range", () => {
    const mappings = idMappings({ slot: 1, firstId: 536936448, size: 65536 });
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
    assert.equal(largestGroupId(idMappings({ slot: 0, firstId: 1 << 29, size: 65536 })), 65535);
    assert.equal(largestGroupId(undefined), 2147483647);
    assert.equal(largestGroupId([{ containerID: 0, hostID: 0, size: 2 ** 32 - 1 }]), 2147483647);
  });
});
