import assert from "node:assert/strict";
import { test } from "node:test";
import { cpuWeightOf } from "../../../src/cgroups/cpuWeight.ts";

test("cpuWeightOf() keeps Docker's default at the kernel's default and both ends at the ends", () => {
  const table = [0, 2, 512, 1024, 2048, 262_144, 1_000_000].map((shares) => [shares, cpuWeightOf(shares)]);
  assert.deepEqual(table, [
    [0, 1],
    [2, 1],
    [512, 59],
    [1024, 100],
    [2048, 174],
    [262_144, 10_000],
    [1_000_000, 10_000],
  ]);
});
