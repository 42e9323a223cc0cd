import assert from "node:assert/strict";
import { test } from "node:test";
import { nearestWord } from "../../../src/base/nearestWord.ts";

test("nearestWord() finds a slip of a letter or two, and the beginning that was left out of a long word", () => {
  const near = (word: string, ...known: readonly string[]) => nearestWord(word, known);
  assert.equal(near("imges", "image", "images"), "images");
  assert.equal(near("memroy", "memory-swap", "memory"), "memory");
  assert.equal(near("lst", "ls"), "ls");
  assert.equal(near("SYS_ADMIN", "CAP_SYS_ADMIN"), "CAP_SYS_ADMIN");
});

test("nearestWord() finds none in what is no more like than unlike", () => {
  assert.equal(nearestWord("x", ["n", "c", "p"]), undefined);
  assert.equal(nearestWord("mnt", ["mount"]), undefined);
  assert.equal(nearestWord("", ["a"]), undefined);
  assert.equal(nearestWord("a".repeat(1 << 20), ["a".repeat(64)]), undefined);
});
