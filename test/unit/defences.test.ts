import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import test from "node:test";

test("every removal of a defence finds its place in the sources, and a test for it", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/defences.mjs", "--check"], {
    encoding: "utf8",
  });
  assert.deepEqual([status, stderr], [0, ""], stdout);
  assert.match(stdout, /^\d+ passed, 0 failed\n$/);
});
