import assert from "node:assert/strict";
import { test } from "node:test";
import { EngineError } from "../../../../src/base/index.ts";
import { parseBreakPoints } from "../../../../src/launch/index.ts";

test("parseBreakPoints() takes before: and after: in any case, and means after without one", () => {
  assert.deepEqual(parseBreakPoints("root.pivot,BEFORE:exec,After:mnt./proc"), [
    { when: "after", step: "root.pivot" },
    { when: "before", step: "exec" },
    { when: "after", step: "mnt./proc" },
  ]);
});

test("parseBreakPoints() leaves a colon that begins no such word to the step", () => {
  assert.deepEqual(parseBreakPoints("bind:0"), [{ when: "after", step: "bind:0" }]);
  assert.deepEqual(parseBreakPoints("before:before:x"), [{ when: "before", step: "before:x" }]);
});

test("parseBreakPoints() refuses what names no step", () => {
  for (const text of ["", "a,,b", "before:", "a,"]) {
    const refused = (error: unknown) => error instanceof EngineError && error.code === "invalidValue";
    assert.throws(() => parseBreakPoints(text), refused, text);
  }
});
