import assert from "node:assert/strict";
import { syncBuiltinESMExports } from "node:module";
import { type TestContext, test } from "node:test";
import v8 from "node:v8";
import { growHeapFreely } from "../../../src/base/index.ts";

/** What V8 is told in a process with so much alive. */
function flagsTold(t: TestContext, usedMiB: number): readonly string[] {
  const told: string[] = [];
  t.mock.method(v8, "setFlagsFromString", (flag: string) => void told.push(flag));
  t.mock.method(v8, "getHeapStatistics", () => ({ used_heap_size: usedMiB * 1024 * 1024 }));
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
  return told;
}

test("growHeapFreely() holds until the last of several has ended it", async (t) => {
  const told = flagsTold(t, 10);
  const [first, second] = [await growHeapFreely(), await growHeapFreely()];
  first();
  assert.deepEqual(told, ["--heap-growing-percent=2000"]);
  second();
  assert.deepEqual(told, ["--heap-growing-percent=2000", "--heap-growing-percent=0"]);
});

test("growHeapFreely() leaves a program with a large heap of its own alone", async (t) => {
  const told = flagsTold(t, 100);
  (await growHeapFreely())();
  assert.deepEqual(told, []);
});
