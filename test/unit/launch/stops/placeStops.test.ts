import assert from "node:assert/strict";
import { test } from "node:test";
import { EngineError } from "../../../../src/base/index.ts";
import { type LaunchPhase, type LaunchPlan, parseBreakPoints, placeStops } from "../../../../src/launch/index.ts";

const steps: readonly (readonly [LaunchPhase, string, string])[] = [
  ["monitor", "monitor", "monitor"],
  ["host", "cg.group", "cgroupMake"],
  ["host", "clone", "clone"],
  ["links", "net.links", "tool"],
  ["child", "mnt./proc", "mount"],
  ["child", "mnt./dev", "mount"],
  ["child", "root.pivot", "pivot"],
  ["init", "priv.seccomp", "seccomp"],
  ["init", "exec", "execute"],
  ["end", "net.down", "tool"],
];
const plan: LaunchPlan = {
  version: 1,
  steps: [
    ...steps.map(([phase, id, op]) => ({ id, phase, op, fields: {}, why: "" })),
    { id: "exec", phase: "init", part: "probe", op: "execute", fields: {}, why: "" },
  ],
  notices: [],
};

/** The ids of the plan with its stops, those of the stops in brackets. */
function placed(text: string): string {
  const stepped = placeStops(plan, { points: parseBreakPoints(text) });
  return stepped.plan.steps.map(({ id, op }) => (op === "pause" ? `[${id}]` : id)).join(" ");
}

test("placeStops() stops before and after a step, in the process that carries it out", () => {
  assert.match(placed("before:clone"), / cg\.group \[before:clone\] clone net\.links /);
  assert.match(placed("cg.group"), / cg\.group \[before:clone\] clone /);
  assert.match(placed("clone"), / clone \[after:clone\] net\.links /);
  assert.match(placed("root.pivot"), / root\.pivot \[before:priv\.seccomp\] priv\.seccomp /);
  assert.match(placed("before:exec"), / \[before:exec\] exec net\.down exec$/);
});

test("placeStops() puts one stop between two steps, however many ask for it", () => {
  assert.equal(placed("mnt./proc,before:mnt./dev").match(/\[/g)?.length, 1);
  const both = placeStops(plan, { points: parseBreakPoints("before:clone"), every: true });
  assert.equal(both.places.length, 8);
  assert.deepEqual(
    both.places.flatMap(({ named, pause }) => (named ? [pause] : [])),
    ["before:clone"],
  );
});

test("placeStops() takes an operation for each of its steps, and a phase for its begin or its end", () => {
  assert.match(placed("before:mount"), / \[before:mnt\.\/proc\] mnt\.\/proc \[before:mnt\.\/dev\] mnt\.\/dev root/);
  assert.match(placed("before:child"), / net\.links \[before:mnt\.\/proc\] mnt\.\/proc mnt\.\/dev root\.pivot priv/);
  assert.match(placed("after:child"), / mnt\.\/dev root\.pivot \[before:priv\.seccomp\] /);
  assert.match(placed("after:links"), / net\.links \[after:net\.links\] mnt/);
});

test("placeStops() says what each process has done and will do", () => {
  const { places } = placeStops(plan, { points: parseBreakPoints("before:host,before:mnt./dev,after:links") });
  assert.deepEqual(
    places.map(({ after, before }) => [after?.id, before?.id]),
    [
      [undefined, "cg.group"],
      ["net.links", undefined],
      ["mnt./proc", "mnt./dev"],
    ],
  );
});

test("placeStops() changes nothing else, and never stops the monitor, the end or the probe", () => {
  const { plan: stepped } = placeStops(plan, { points: [], every: true });
  const rest = stepped.steps.filter(({ op }) => op !== "pause");
  assert.deepEqual(rest, plan.steps);
  const stops = stepped.steps.filter(({ op }) => op === "pause");
  assert.ok(stops.every(({ phase }) => phase !== "monitor" && phase !== "end"));
  assert.deepEqual(stepped.steps.slice(-2), plan.steps.slice(-2));
});

function refusal(text: string): EngineError {
  try {
    placed(text);
  } catch (error) {
    if (error instanceof EngineError) return error;
  }
  throw new Error(`${text} was taken`);
}

test("placeStops() refuses names that the plan does not have, with the near ones", () => {
  assert.deepEqual([refusal("pivvot").code, refusal("pivvot").hint], ["invalidValue", 'did you mean "pivot"?']);
  assert.equal(refusal("mnt").hint, 'did you mean "mnt./proc" or "mnt./dev"?');
  assert.match(refusal("nothing-like-it").hint ?? "", /^brig plan run/);
  for (const text of ["monitor", "before:end", "net.down", "after:exec", "after:init"]) {
    assert.equal(refusal(text).code, "invalidValue", text);
  }
  assert.equal(refusal("after:exec").hint, "write before:exec");
});
