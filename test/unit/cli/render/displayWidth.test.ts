import assert from "node:assert/strict";
import test from "node:test";
import { displayWidth, padDisplay } from "../../../../src/cli/render/displayWidth.ts";

test("displayWidth() counts two columns for Hangul and one for letters, signs and what is beyond the first plane", () => {
  assert.deepEqual(["", "커널", "cpu 컨트롤러", "é→…", "𝒜", "𠀀"].map(displayWidth), [0, 4, 12, 3, 1, 2]);
});

test("padDisplay() fills up to the columns and cuts nothing", () => {
  assert.deepEqual([padDisplay("커널", 6), padDisplay("abc", 2)], ["커널  ", "abc"]);
});
