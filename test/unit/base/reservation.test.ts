import assert from "node:assert/strict";
import { lstatSync, lutimesSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { readReservation, removeFile, removeStaleReservation, reserve, reserveLike } from "../../../src/base/index.ts";

function scratch(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), "brig-reserve-"));
  t.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

test("reserve() gives a path to the first who asks, until it is given back", (t) => {
  const path = join(scratch(t), "place");
  assert.equal(readReservation(path), undefined);
  assert.equal(reserve(path, "one"), true);
  assert.equal(reserve(path, "two"), false);
  assert.equal(readReservation(path), "one");
  removeFile(path);
  assert.equal(reserve(path, "two"), true);
});

test("reserveLike() gives a path as reserve() does, as one more name of what the holder has, or without it", (t) => {
  const directory = scratch(t);
  const [first, second, third] = ["1", "2", "3"].map((name) => join(directory, name)) as [string, string, string];
  reserve(first, "one");
  assert.equal(reserveLike(first, second, "one"), true);
  assert.equal(readReservation(second), "one");
  assert.equal(lstatSync(second).ino, lstatSync(first).ino);
  assert.equal(reserveLike(first, second, "one"), false);
  removeFile(first);
  assert.equal(readReservation(second), "one");
  assert.equal(reserveLike(first, third, "one"), true, "the first one is gone");
  assert.equal(readReservation(third), "one");
});

test("removeStaleReservation() takes away what is the gone holder's, and nobody else's", (t) => {
  const directory = scratch(t);
  const path = join(directory, "place");
  reserve(path, "living");
  removeStaleReservation(path, "gone");
  assert.equal(readReservation(path), "living");
  removeStaleReservation(path, "living");
  assert.deepEqual(readdirSync(directory), []);
});

test("removeStaleReservation() leaves a place alone that somebody else is clearing, but not for ever", (t) => {
  const directory = scratch(t);
  const path = join(directory, "place");
  reserve(path, "gone");
  symlinkSync("gone", `${path}.claim`);
  removeStaleReservation(path, "gone");
  assert.deepEqual(readdirSync(directory).sort(), ["place", "place.claim"]);
  const longAgo = new Date(Date.now() - 60_000);
  lutimesSync(`${path}.claim`, longAgo, longAgo);
  removeStaleReservation(path, "gone");
  removeStaleReservation(path, "gone");
  assert.deepEqual(readdirSync(directory), []);
});
