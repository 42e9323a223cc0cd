import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import test from "node:test";
import { compilePlan, unrollPlan } from "../../../../src/launch/index.ts";
import { compareGolden } from "../../../support/golden.ts";
import { sampleRequest } from "../sampleRequest.ts";

const request = { title: "brig run alpine sh", files: [], ownDirectories: [], runDirectory: "/run/brig/containers/x" };
const plan = compilePlan(sampleRequest());

test("unrollPlan() makes the sample the script on file, which a shell can parse", () => {
  const script = unrollPlan({ plan, ...request });
  compareGolden("plans/sample.sh", script);
  const parsed = spawnSync("/bin/sh", ["-n"], { input: script, encoding: "utf8" });
  assert.deepEqual([parsed.status, parsed.stderr], [0, ""]);
});

test("unrollPlan() says every step of the plan with its reason, and knows each of them", () => {
  const script = unrollPlan({ plan, ...request });
  for (const { id, why, phase } of plan.steps) {
    if (phase !== "monitor") assert.ok(script.includes(`# ${id}: ${why}`), `${id} is not in the script`);
  }
  const unknown = plan.steps.filter(({ op }) => script.includes(`# not here: ${op} `));
  assert.deepEqual(unknown, []);
});

test("unrollPlan() refuses a container that joins another one", () => {
  const joins = {
    id: "join.net",
    phase: "child",
    op: "join",
    fields: { target: "other" },
    why: "as it was asked",
  } as const;
  assert.throws(() => unrollPlan({ plan: { ...plan, steps: [...plan.steps, joins] }, ...request }), {
    code: "notOffered",
  });
});
