import assert from "node:assert/strict";
import { test } from "node:test";
import { isStagingOwned, newStagingName } from "../../../src/overlay/stagingOwner.ts";

test("a staging directory belongs to the process that named it", () => {
  const name = newStagingName();
  assert.ok(isStagingOwned(name));
  assert.notEqual(newStagingName(), name);
});

test("a staging directory of another boot, of an older process of the same id, or of nobody is not owned", () => {
  const [random = "", pid = "", start = "", boot = ""] = newStagingName().split(".");
  const foreign = [
    [random, pid, start, "0".repeat(32)],
    [random, pid, String(Number(start) + 1), boot],
    [random, "4194305", start, boot],
    [random, "0", "", boot],
  ];
  for (const parts of foreign) assert.ok(!isStagingOwned(parts.join(".")), parts.join("."));
  for (const name of ["", "x", ".", `${random}.self.${start}.${boot}`]) assert.ok(!isStagingOwned(name), name);
});
