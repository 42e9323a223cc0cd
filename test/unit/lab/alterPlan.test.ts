import assert from "node:assert/strict";
import test from "node:test";
import { EngineError } from "../../../src/base/index.ts";
import { putBack, withFields, withoutSteps, withStepAfter } from "../../../src/lab/alterPlan.ts";
import type { LaunchPlan, LaunchStep } from "../../../src/launch/index.ts";

function step(id: string): LaunchStep {
  return { id, phase: "host", op: id, fields: { at: id }, why: "" };
}

const whole: LaunchPlan = { version: 1, steps: ["a", "b", "c", "d"].map(step), notices: [] };
const idsOf = ({ steps }: LaunchPlan) => steps.map(({ id }) => id).join("");

test("putBack() returns missing steps to their places, alone and together", () => {
  const broken = withoutSteps(whole, ["a", "c", "d"]);
  assert.equal(idsOf(broken), "b");
  assert.equal(idsOf(putBack(whole, broken, ["c"])), "bc");
  assert.equal(idsOf(putBack(whole, broken, ["a"])), "ab");
  assert.deepEqual(putBack(whole, broken, ["d", "a", "c"]), whole);
});

test("putBack() gives changed steps their fields and takes strange ones away", () => {
  const broken = withStepAfter(withFields(whole, "b", { fields: { at: "elsewhere" } }), "b", { ...step("x") });
  assert.deepEqual(broken.steps[1]?.fields, { at: "elsewhere" });
  assert.equal(idsOf(broken), "abxcd");
  assert.deepEqual(putBack(whole, broken, ["b", "x"]), whole);
});

test("putBack() refuses a step that neither plan has", () => {
  assert.throws(
    () => putBack(whole, whole, ["e"]),
    (error) => error instanceof EngineError && error.code === "invalidValue",
  );
});

test("a fault that the plan has no place for is refused", () => {
  assert.throws(() => withoutSteps(whole, ["e"]), EngineError);
  assert.throws(() => withFields(whole, "e", {}), EngineError);
  assert.throws(() => withStepAfter(whole, "e", step("f")), EngineError);
});
