import assert from "node:assert/strict";
import { test } from "node:test";
import {
  compileExec,
  compilePlan,
  formatPlan,
  type HealthRequest,
  type LaunchPlan,
} from "../../../src/launch/index.ts";
import { compareGolden } from "../../support/golden.ts";
import { inEnglish } from "../../support/planLanguage.ts";
import { sampleRequest, sampleSpec } from "./sampleRequest.ts";

const health: HealthRequest = {
  args: ["/bin/sh", "-c", 'test "$X"'],
  executables: ["/bin/sh"],
  command: '/bin/sh -c test "$X"',
  intervalNs: 30e9,
  timeoutNs: 1e9,
  startPeriodNs: 0,
  startIntervalNs: 5e9,
  retries: 3,
  onFailure: { signal: 15, graceNs: 10e9, afterwards: "start" },
};

function probeOf(plan: LaunchPlan): LaunchPlan {
  return { ...plan, steps: plan.steps.filter(({ part }) => part === "probe") };
}

test("compilePlan() puts the probe behind the container's own steps, as on file", () => {
  const plan = compilePlan({ ...sampleRequest(), health });
  const { steps } = compilePlan(sampleRequest());
  assert.deepEqual(plan.steps.slice(0, steps.length), steps);
  compareGolden("plans/probe.txt", formatPlan(probeOf(plan), inEnglish));
});

test("a probe enters the container as exec does", () => {
  const { cgroup: _, ...request } = sampleRequest();
  const exec = compileExec({
    spec: { ...sampleSpec, process: { ...sampleSpec.process, args: health.args } },
    target: { pid: 1, startTime: 1 },
    executables: health.executables,
    stdin: false,
    detached: false,
    monitor: {},
    detachKeys: "",
    ...(request.seccompProgram === undefined ? {} : { seccompProgram: request.seccompProgram }),
    notices: [],
  });
  const own = ["probe.join.target", "probe"];
  const probe = probeOf(compilePlan({ ...request, health })).steps.filter(({ id }) => !own.includes(id));
  assert.deepEqual(
    probe.map(({ id, op, fields: { "with-parent": _, ...fields } }) => ({ id: id.replace("probe.", ""), op, fields })),
    exec.steps.slice(2).map(({ id, op, fields }) => ({ id, op, fields })),
  );
});

test("no step of a plan with a probe shares its id with another", () => {
  const ids = compilePlan({ ...sampleRequest(), health }).steps.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
});

test("times beyond what the helper can add to its clock are as long as it can", () => {
  const { steps } = compilePlan({ ...sampleRequest(), health: { ...health, intervalNs: 2 ** 63 } });
  assert.equal(steps.find(({ op }) => op === "health")?.fields.interval, String(2 ** 61));
});
