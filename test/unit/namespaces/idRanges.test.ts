import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { ownProcessMark } from "../../../src/base/index.ts";
import {
  type IdRangeRequest,
  releaseIdRange,
  releaseIdRangesOf,
  reserveIdRange,
  shareIdRange,
} from "../../../src/namespaces/index.ts";

let root = "";
const alive = new Set<string>();

function reserve(containerId: string, more: Partial<IdRangeRequest> = {}) {
  alive.add(containerId);
  return reserveIdRange({ root, containerId, isAlive: (id) => alive.has(id), ...more });
}

function reservations(): readonly string[] {
  return readdirSync(join(root, "idranges")).sort();
}

const first = 2 ** 29;

/** The one after it in brig's own pool, which goes around. */
function next(cell: number): number {
  return first + ((cell - first + 65536) % (16384 * 65536));
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
    for (const { firstId, size } of ranges) {
      assert.equal(size, 65536);
      assert.equal(firstId % 65536, 0);
      assert.ok(firstId >= 2 ** 29 && firstId < 1.5 * 2 ** 30);
    }
  });

  it("holds the container's id in the reservation", () => {
    const { firstId: cell } = reserve("abc");
    assert.deepEqual(readdirSync(join(root, "idranges")), [String(cell)]);
    assert.equal(readlinkSync(join(root, "idranges", String(cell))), "abc");
  });

  it("answers the same range when it is asked again", () => {
    assert.deepEqual(reserve("abc"), reserve("abc"));
  });

  it("goes on to the next slot when the first is in use", () => {
    const { firstId: cell } = reserve("abc");
    releaseIdRange(root, "abc", { firstId: cell, size: 65536 });
    symlinkSync("other", join(root, "idranges", String(cell)));
    alive.add("other");
    assert.equal(reserve("abc").firstId, next(cell));
  });

  it("takes over the reservation of a container that no longer exists, and leaves nothing else behind", () => {
    const { firstId: cell } = reserve("abc");
    releaseIdRange(root, "abc", { firstId: cell, size: 65536 });
    symlinkSync("gone", join(root, "idranges", String(cell)));
    assert.equal(reserve("abc").firstId, cell);
    assert.deepEqual(readdirSync(join(root, "idranges")), [String(cell)]);
    assert.equal(readlinkSync(join(root, "idranges", String(cell))), "abc");
  });

  it("leaves a reservation alone while somebody else is taking it over", () => {
    const { firstId: cell } = reserve("abc");
    releaseIdRange(root, "abc", { firstId: cell, size: 65536 });
    symlinkSync("gone", join(root, "idranges", String(cell)));
    symlinkSync("gone", join(root, "idranges", `${cell}.gone.claim`));
    assert.equal(reserve("abc").firstId, next(cell));
    assert.equal(readlinkSync(join(root, "idranges", String(cell))), "gone");
  });

  it("says so when every range is in use", () => {
    reserve("first");
    for (let cell = first; cell < first + 16384 * 65536; cell += 65536) {
      if (isReserved(cell)) continue;
      symlinkSync("first", join(root, "idranges", String(cell)));
    }
    assert.throws(() => reserve("second"), { code: "busy" });
  });
});

function isReserved(cell: number): boolean {
  try {
    return readlinkSync(join(root, "idranges", String(cell))) !== "";
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
    assert.equal(readlinkSync(join(root, "idranges", String(range.firstId))), "abc");
    assert.equal(readdirSync(join(root, "idranges")).length, 1);
  });
});

describe("releaseIdRangesOf()", () => {
  it("finds the range of a container wherever it is, and leaves those of others", () => {
    const { firstId: cell } = reserve("abc");
    releaseIdRange(root, "abc", { firstId: cell, size: 65536 });
    symlinkSync("other", join(root, "idranges", String(cell)));
    alive.add("other");
    reserve("abc");
    releaseIdRangesOf(root, "other");
    assert.deepEqual(readdirSync(join(root, "idranges")), [String(next(cell))]);
    releaseIdRangesOf(root, "abc");
    assert.deepEqual(readdirSync(join(root, "idranges")), []);
  });

  it("makes nothing while somebody else gives the same range back", () => {
    const { firstId: cell } = reserve("abc");
    releaseIdRange(root, "abc", { firstId: cell, size: 65536 });
    symlinkSync(ownProcessMark(), join(root, "idranges", `${cell}.abc.claim`));
    releaseIdRangesOf(root, "abc");
    assert.deepEqual(readdirSync(join(root, "idranges")), [`${cell}.abc.claim`]);
  });

  it("takes the claim of a process that was killed while it gave the range back", () => {
    const { firstId: cell } = reserve("abc");
    const dead = ownProcessMark().replace(/\.\d+\./, ".1.");
    symlinkSync(dead, join(root, "idranges", `${cell}.abc.claim`));
    releaseIdRangesOf(root, "abc");
    assert.deepEqual(readdirSync(join(root, "idranges")), []);
  });

  it("has nothing to do where nothing was ever reserved", () => {
    assert.doesNotThrow(() => releaseIdRangesOf(root, "abc"));
  });
});

describe("reserveIdRange() in given pools", () => {
  const pools = [
    { firstId: 100_000, size: 65_536 },
    { firstId: 300_000, size: 3 * 65_536 + 7 },
  ];

  it("takes whole ranges of the pools and no more", () => {
    const ranges = ["a", "b", "c", "d"].map((id) => reserve(id, { pools }).firstId);
    assert.deepEqual(ranges.sort(), [100_000, 300_000, 365_536, 431_072]);
    assert.throws(() => reserve("e", { pools }), { code: "busy" });
  });

  it("gives more ids than 65,536 in one piece, and takes them back", () => {
    const range = reserve("a", { pools, size: 131_072 });
    assert.ok(range.firstId === 300_000 || range.firstId === 365_536);
    assert.equal(reservations().length, 2);
    assert.deepEqual(reserve("a", { pools, size: 131_072 }), range);
    assert.throws(() => reserve("b", { pools, size: 131_072 }), { code: "busy" });
    assert.equal(reservations().length, 2);
    releaseIdRange(root, "a", range);
    assert.deepEqual(reservations(), []);
    assert.throws(() => reserve("c", { pools, size: 262_144 }), { code: "busy" });
  });

  it("keeps away from ids that were reserved when the pools were others", () => {
    reserve("old", { pools: [{ firstId: 330_000, size: 65_536 }] });
    const ranges = ["a", "b"].map((id) => reserve(id, { pools }).firstId);
    assert.deepEqual(ranges.sort(), [100_000, 431_072]);
    assert.throws(() => reserve("c", { pools }), { code: "busy" });
  });
});

describe("shareIdRange()", () => {
  it("keeps a range until the last one that uses it has gone", () => {
    const range = reserve("owner");
    shareIdRange({ root, range, containerId: "guest" });
    alive.add("guest");
    releaseIdRange(root, "owner", range);
    assert.deepEqual(reservations().length, 2);
    assert.equal(readlinkSync(join(root, "idranges", String(range.firstId))), "guest");
    releaseIdRange(root, "guest", range);
    assert.deepEqual(reservations(), []);
  });

  it("does not give a shared range away when its owner has vanished", () => {
    const range = reserve("owner");
    shareIdRange({ root, range, containerId: "guest" });
    alive.add("guest");
    alive.delete("owner");
    const pools = [range];
    assert.throws(() => reserve("thief", { pools }), { code: "busy" });
    releaseIdRangesOf(root, "guest");
    assert.deepEqual(reserve("thief", { pools }), range);
  });

  it("refuses a range that nobody has", () => {
    reserve("somebody");
    assert.throws(() => shareIdRange({ root, range: { firstId: 100_000, size: 65_536 }, containerId: "guest" }), {
      code: "busy",
    });
  });
});
