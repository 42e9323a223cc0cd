import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { ownProcessMark } from "../../../src/base/index.ts";
import { releaseIdRange, releaseIdRangesOf, reserveIdRange } from "../../../src/namespaces/index.ts";

let root = "";
const alive = new Set<string>();

function reserve(containerId: string) {
  alive.add(containerId);
  return reserveIdRange({ root, containerId, isAlive: (id) => alive.has(id) });
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "brig-idranges-"));
  alive.clear();
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

describe("reserveIdRange()", () => {
  it("gives each container 65,536 ids of its own between 2^29 and 1.5 * 2^30", () => {
    const ranges = Array.from({ length: 200 }, (_, index) => reserve(`container${index}`));
    assert.equal(new Set(ranges.map((range) => range.firstId)).size, 200);
    for (const { slot, firstId, size } of ranges) {
      assert.equal(size, 65536);
      assert.equal(firstId, 536870912 + slot * 65536);
      assert.ok(slot >= 0 && slot < 16384);
    }
  });

  it("holds the container's id in the reservation", () => {
    const { slot } = reserve("abc");
    assert.deepEqual(readdirSync(join(root, "idranges")), [String(slot)]);
    assert.equal(readlinkSync(join(root, "idranges", String(slot))), "abc");
  });

  it("answers the same range when it is asked again", () => {
    assert.deepEqual(reserve("abc"), reserve("abc"));
  });

  it("goes on to the next slot when the first is in use", () => {
    const { slot } = reserve("abc");
    releaseIdRange(root, "abc", { slot, firstId: 0, size: 0 });
    symlinkSync("other", join(root, "idranges", String(slot)));
    alive.add("other");
    assert.equal(reserve("abc").slot, (slot + 1) % 16384);
  });

  it("takes over the reservation of a container that no longer exists, and leaves nothing else behind", () => {
    const { slot } = reserve("abc");
    releaseIdRange(root, "abc", { slot, firstId: 0, size: 0 });
    symlinkSync("gone", join(root, "idranges", String(slot)));
    assert.equal(reserve("abc").slot, slot);
    assert.deepEqual(readdirSync(join(root, "idranges")), [String(slot)]);
    assert.equal(readlinkSync(join(root, "idranges", String(slot))), "abc");
  });

  it("leaves a reservation alone while somebody else is taking it over", () => {
    const { slot } = reserve("abc");
    releaseIdRange(root, "abc", { slot, firstId: 0, size: 0 });
    symlinkSync("gone", join(root, "idranges", String(slot)));
    symlinkSync("gone", join(root, "idranges", `${slot}.gone.claim`));
    assert.equal(reserve("abc").slot, (slot + 1) % 16384);
    assert.equal(readlinkSync(join(root, "idranges", String(slot))), "gone");
  });

  it("says so when every range is in use", () => {
    reserve("first");
    for (let slot = 0; slot < 16384; slot += 1) {
      if (isReserved(slot)) continue;
      symlinkSync("first", join(root, "idranges", String(slot)));
    }
    assert.throws(() => reserve("second"), { code: "busy" });
  });
});

function isReserved(slot: number): boolean {
  try {
    return readlinkSync(join(root, "idranges", String(slot))) !== "";
  } catch {
    return false;
  }
}

describe("releaseIdRange()", () => {
  it("gives the range back, once or twice", () => {
    const range = reserve("abc");
    releaseIdRange(root, "abc", range);
    releaseIdRange(root, "abc", range);
    assert.deepEqual(readdirSync(join(root, "idranges")), []);
  });

  it("does not take a range away from another container", () => {
    const range = reserve("abc");
    releaseIdRange(root, "another", range);
    assert.equal(readlinkSync(join(root, "idranges", String(range.slot))), "abc");
    assert.equal(readdirSync(join(root, "idranges")).length, 1);
  });
});

describe("releaseIdRangesOf()", () => {
  it("finds the range of a container wherever it is, and leaves those of others", () => {
    const { slot } = reserve("abc");
    releaseIdRange(root, "abc", { slot, firstId: 0, size: 0 });
    symlinkSync("other", join(root, "idranges", String(slot)));
    alive.add("other");
    reserve("abc");
    releaseIdRangesOf(root, "other");
    assert.deepEqual(readdirSync(join(root, "idranges")), [String((slot + 1) % 16384)]);
    releaseIdRangesOf(root, "abc");
    assert.deepEqual(readdirSync(join(root, "idranges")), []);
  });

  it("makes nothing while somebody else gives the same range back", () => {
    const { slot } = reserve("abc");
    releaseIdRange(root, "abc", { slot, firstId: 0, size: 0 });
    symlinkSync(ownProcessMark(), join(root, "idranges", `${slot}.abc.claim`));
    releaseIdRangesOf(root, "abc");
    assert.deepEqual(readdirSync(join(root, "idranges")), [`${slot}.abc.claim`]);
  });

  it("takes the claim of a process that was killed while it gave the range back", () => {
    const { slot } = reserve("abc");
    const dead = ownProcessMark().replace(/\.\d+\./, ".1.");
    symlinkSync(dead, join(root, "idranges", `${slot}.abc.claim`));
    releaseIdRangesOf(root, "abc");
    assert.deepEqual(readdirSync(join(root, "idranges")), []);
  });

  it("has nothing to do where nothing was ever reserved", () => {
    assert.doesNotThrow(() => releaseIdRangesOf(root, "abc"));
  });
});
