import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { readContainerOptions } from "../../../../src/container/state/containerOptions.ts";

test("what was written before an option existed has its default, and what was written counts", (t) => {
  const directory = mkdtempSync(join(tmpdir(), "brig-options-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, "options.json");
  writeFileSync(path, '{"image":"busybox","labels":{"$map":[["one","two"]]}}\n');
  const older = readContainerOptions(path);
  assert.deepEqual([older.image, older.labels, older.deviceCgroupRules], ["busybox", new Map([["one", "two"]]), []]);
  writeFileSync(path, '{"image":"busybox","deviceCgroupRules":["c 1:3 r"]}\n');
  assert.deepEqual(readContainerOptions(path).deviceCgroupRules, ["c 1:3 r"]);
});
