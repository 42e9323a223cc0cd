import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { originalStack } from "../../../../src/cli/render/originalStack.ts";

test("originalStack() names the source of a bundled place, and leaves alone what the map does not know", (t) => {
  const directory = mkdtempSync(join(tmpdir(), "brig-map-"));
  t.after(() => rmSync(directory, { recursive: true }));
  // "AAGE": the first column of the program's first line is line 4, column 3 of the first source.
  const map = { version: 3, sources: ["../src/main.ts"], names: [], mappings: "AAGE" };
  writeFileSync(join(directory, "main.1.map"), JSON.stringify(map));
  const stack = `TypeError: x\n    at a (${directory}/main.pack/1:2:5)\n    at node:internal/x:1:2`;
  assert.equal(originalStack(stack), "TypeError: x\n    at a (src/main.ts:4:3)\n    at node:internal/x:1:2");
});

test("originalStack() leaves a stack as it is when there is no map", () => {
  const stack = "Error: y\n    at b (/nowhere/dist/main.pack/0:2:5)";
  assert.equal(originalStack(stack), stack);
});
