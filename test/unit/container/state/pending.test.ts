import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { clearHalfMarks, markPending } from "../../../../src/container/state/pending.ts";
import { identifyProcess } from "../../../../src/container/state/processIdentity.ts";

test("clearHalfMarks() takes what a killed writer left, and nothing of a living one", (t) => {
  const root = mkdtempSync(join(tmpdir(), "brig-pending-"));
  t.after(() => rmSync(root, { recursive: true }));
  const self = identifyProcess(process.pid);
  assert.ok(self !== undefined);
  const id = "a".repeat(64);
  markPending(root, id, self);
  const half = (startTime: string) => `${"b".repeat(64)}.${process.pid}.${startTime}.tmp`;
  for (const startTime of [self.startTime, "1"]) writeFileSync(join(root, "pending", half(startTime)), "{");
  clearHalfMarks(root);
  assert.deepEqual(readdirSync(join(root, "pending")).sort(), [id, half(self.startTime)]);
});
