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

/** Of a process that has ended. */
function deadMark(): string {
  return ownProcessMark().replace(/\.\d+\./, ".1.");
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "brig-idranges-"));
  alive.clear();
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

describe("reserveIdRange()", () => {
  it("gives each container 65,536 ids of its own between 2^29 and 1.5 * 2^30", async () => {
    const ranges = await Promise.all(Array.from({ length: 200 }, (_, index) => reserve(`container${index}`)));
    assert.equal(new Set(ranges.map((range) => range.firstId)).size, 200);
    for (const { firstId, size } of ranges) {
      assert.equal(size, 65536);
      assert.equal(firstId % 65536, 0);
      assert.ok(firstId >= 2 ** 29 && firstId < 1.5 * 2 ** 30);
    }
  });

  it("holds the container's id in the reservation", async () => {
    const { firstId: cell } = await reserve("abc");
    assert.deepEqual(readdirSync(join(root, "idranges")), [String(cell)]);
    assert.equal(readlinkSync(join(root, "idranges", String(cell))), "abc");
  });

  it("answers the same range when it is asked again", async () => {
    assert.deepEqual(await reserve("abc"), await reserve("abc"));
  });

  it("goes on to the next slot when the first is in use", async () => {
    const { firstId: cell } = await reserve("abc");
    await releaseIdRange(root, "abc", { firstId: cell, size: 65536 });
    symlinkSync("other", join(root, "idranges", String(cell)));
    alive.add("other");
    assert.equal((await reserve("abc")).firstId, next(cell));
  });

  it("takes over the reservation of a container that no longer exists, and leaves nothing else behind", async () => {
    const { firstId: cell } = await reserve("abc");
    await releaseIdRange(root, "abc", { firstId: cell, size: 65536 });
    symlinkSync("gone", join(root, "idranges", String(cell)));
    assert.equal((await reserve("abc")).firstId, cell);
    assert.deepEqual(readdirSync(join(root, "idranges")), [String(cell)]);
    assert.equal(readlinkSync(join(root, "idranges", String(cell))), "abc");
  });

  it("leaves a reservation alone while somebody else is taking it over", async () => {
    const { firstId: cell } = await reserve("abc");
    await releaseIdRange(root, "abc", { firstId: cell, size: 65536 });
    symlinkSync("gone", join(root, "idranges", String(cell)));
    symlinkSync(ownProcessMark(), join(root, "idranges", `${cell}.claim`));
    assert.equal((await reserve("abc")).firstId, next(cell));
    assert.equal(readlinkSync(join(root, "idranges", String(cell))), "gone");
  });

  it("says so when every range is in use", async () => {
    await reserve("first");
    for (let cell = first; cell < first + 16384 * 65536; cell += 65536) {
      if (isReserved(cell)) continue;
      symlinkSync("first", join(root, "idranges", String(cell)));
    }
    await assert.rejects(() => reserve("second"), { code: "busy" });
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
  it("gives the range back, once or twice", async () => {
    const range = await reserve("abc");
    await releaseIdRange(root, "abc", range);
    await releaseIdRange(root, "abc", range);
    assert.deepEqual(readdirSync(join(root, "idranges")), []);
  });

  it("does not take a range away from another container", async () => {
    const range = await reserve("abc");
    await releaseIdRange(root, "another", range);
    assert.equal(readlinkSync(join(root, "idranges", String(range.firstId))), "abc");
    assert.equal(readdirSync(join(root, "idranges")).length, 1);
  });
});

describe("releaseIdRangesOf()", () => {
  it("finds the range of a container wherever it is, and leaves those of others", async () => {
    const { firstId: cell } = await reserve("abc");
    await releaseIdRange(root, "abc", { firstId: cell, size: 65536 });
    symlinkSync("other", join(root, "idranges", String(cell)));
    alive.add("other");
    await reserve("abc");
    await releaseIdRangesOf(root, "other");
    assert.deepEqual(readdirSync(join(root, "idranges")), [String(next(cell))]);
    await releaseIdRangesOf(root, "abc");
    assert.deepEqual(readdirSync(join(root, "idranges")), []);
  });

  it("waits while somebody else changes who has the same ids", async () => {
    const { firstId: cell } = await reserve("abc");
    const claim = join(root, "idranges", `${cell}.claim`);
    symlinkSync(ownProcessMark(), claim);
    const released = releaseIdRangesOf(root, "abc");
    assert.deepEqual(reservations(), [String(cell), `${cell}.claim`]);
    rmSync(claim);
    await released;
    assert.deepEqual(reservations(), []);
  });

  it("takes the claim of a process that was killed while it gave the range back", async () => {
    const { firstId: cell } = await reserve("abc");
    symlinkSync(deadMark(), join(root, "idranges", `${cell}.claim`));
    await releaseIdRangesOf(root, "abc");
    assert.deepEqual(readdirSync(join(root, "idranges")), []);
  });

  it("has nothing to do where nothing was ever reserved", async () => {
    await assert.doesNotReject(() => releaseIdRangesOf(root, "abc"));
  });
});

describe("reserveIdRange() in given pools", () => {
  const pools = [
    { firstId: 100_000, size: 65_536 },
    { firstId: 300_000, size: 3 * 65_536 + 7 },
  ];

  it("takes whole ranges of the pools and no more", async () => {
    const ranges = await Promise.all(["a", "b", "c", "d"].map((id) => reserve(id, { pools })));
    assert.deepEqual(ranges.map(({ firstId }) => firstId).sort(), [100_000, 300_000, 365_536, 431_072]);
    await assert.rejects(() => reserve("e", { pools }), { code: "busy" });
  });

  it("gives more ids than 65,536 in one piece, and takes them back", async () => {
    const range = await reserve("a", { pools, size: 131_072 });
    assert.ok(range.firstId === 300_000 || range.firstId === 365_536);
    assert.equal(reservations().length, 2);
    assert.deepEqual(await reserve("a", { pools, size: 131_072 }), range);
    await assert.rejects(() => reserve("b", { pools, size: 131_072 }), { code: "busy" });
    assert.equal(reservations().length, 2);
    await releaseIdRange(root, "a", range);
    assert.deepEqual(reservations(), []);
    await assert.rejects(() => reserve("c", { pools, size: 262_144 }), { code: "busy" });
  });

  it("keeps away from ids that were reserved when the pools were others", async () => {
    await reserve("old", { pools: [{ firstId: 330_000, size: 65_536 }] });
    const ranges = await Promise.all(["a", "b"].map((id) => reserve(id, { pools })));
    assert.deepEqual(ranges.map(({ firstId }) => firstId).sort(), [100_000, 431_072]);
    await assert.rejects(() => reserve("c", { pools }), { code: "busy" });
  });
});

describe("shareIdRange()", () => {
  it("keeps a range until the last one that uses it has gone", async () => {
    const range = await reserve("owner");
    await shareIdRange({ root, range, containerId: "guest" });
    alive.add("guest");
    await releaseIdRange(root, "owner", range);
    assert.deepEqual(reservations().length, 2);
    assert.equal(readlinkSync(join(root, "idranges", String(range.firstId))), "guest");
    await releaseIdRange(root, "guest", range);
    assert.deepEqual(reservations(), []);
  });

  it("does not give a shared range away when its owner has vanished", async () => {
    const range = await reserve("owner");
    await shareIdRange({ root, range, containerId: "guest" });
    alive.add("guest");
    alive.delete("owner");
    const pools = [range];
    await assert.rejects(() => reserve("thief", { pools }), { code: "busy" });
    await releaseIdRangesOf(root, "guest");
    assert.deepEqual(await reserve("thief", { pools }), range);
  });

  it("waits for another that shares the same range at this moment", async () => {
    const range = await reserve("owner");
    const claim = join(root, "idranges", `${range.firstId}.claim`);
    symlinkSync(ownProcessMark(), claim);
    const shared = shareIdRange({ root, range, containerId: "guest" });
    assert.equal(reservations().length, 2);
    rmSync(claim);
    await shared;
    assert.deepEqual(reservations(), [String(range.firstId), `${range.firstId}.guest.shared`]);
  });

  it("does not wait for one that was killed", async () => {
    const range = await reserve("owner");
    symlinkSync(deadMark(), join(root, "idranges", `${range.firstId}.claim`));
    await shareIdRange({ root, range, containerId: "guest" });
    assert.deepEqual(reservations(), [String(range.firstId), `${range.firstId}.guest.shared`]);
  });

  it("refuses a range that nobody has", async () => {
    await reserve("somebody");
    await assert.rejects(
      () => shareIdRange({ root, range: { firstId: 100_000, size: 65_536 }, containerId: "guest" }),
      {
        code: "busy",
      },
    );
  });
});
