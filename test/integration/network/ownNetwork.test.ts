import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import test from "node:test";

test("a test file runs in a network namespace of its own, with a loopback that is up", () => {
  assert.deepEqual(Object.keys(networkInterfaces()), ["lo"]);
  const named = readFileSync("/proc/net/dev", "utf8").matchAll(/^ *([^:\s]+):/gm);
  assert.deepEqual(
    [...named].map(([, name]) => name),
    ["lo"],
  );
});
