import assert from "node:assert/strict";
import { test } from "node:test";
import { compileExec, type ExecRequest, formatPlan } from "../../../src/launch/index.ts";
import type { RuntimeSpec } from "../../../src/oci/index.ts";
import { compareGolden } from "../../support/golden.ts";
import { inEnglish } from "../../support/planLanguage.ts";
import { sampleSpec } from "./sampleRequest.ts";

const namespaces = sampleSpec.linux.namespaces;

function execRequest(change: Partial<ExecRequest> = {}, changeSpec: Partial<RuntimeSpec> = {}): ExecRequest {
  return {
    spec: { ...sampleSpec, ...changeSpec },
    target: { pid: 4711, startTime: 99 },
    cgroup: "/sys/fs/cgroup/brig/c",
    executables: ["/bin/sh", "/usr/bin/sh"],
    stdin: true,
    detached: false,
    monitor: {},
    detachKeys: "\u0010\u0011",
    seccompProgram: "0000000000000000",
    notices: [],
    ...change,
  };
}

const terminal = { ...sampleSpec.process, terminal: true };
const idsOf = (request: ExecRequest) => compileExec(request).steps.map(({ id }) => id);
const fieldsOf = (request: ExecRequest, id: string) =>
  compileExec(request).steps.find((step) => step.id === id)?.fields;

test("compileExec() compiles a command with a terminal to the plan on file", () => {
  compareGolden("plans/exec.txt", formatPlan(compileExec(execRequest({}, { process: terminal })), inEnglish));
});

test("compileExec() makes the process untraceable before it joins anything of the container", () => {
  const ids = idsOf(execRequest());
  const order = [
    "join.target",
    "join.untraced",
    "cg.join",
    "join.pid",
    "clone",
    "join.namespaces",
    "user.root",
    "exec",
  ];
  const found = order.map((id) => ids.indexOf(id));
  assert.ok(!found.includes(-1), ids.join(" "));
  assert.deepEqual(
    found,
    [...found].sort((one, other) => one - other),
  );
});

test("compileExec() joins every namespace of the container but its pid namespace in one call", () => {
  assert.deepEqual(fieldsOf(execRequest(), "join.pid")?.flag, ["CLONE_NEWPID"]);
  const kinds = ["USER", "NS", "NET", "UTS", "IPC", "CGROUP"].map((name) => `CLONE_NEW${name}`);
  assert.deepEqual(fieldsOf(execRequest(), "join.namespaces")?.flag, kinds);
});

test("compileExec() leaves alone what the container shares with the host", () => {
  const linux = { ...sampleSpec.linux, namespaces: namespaces.filter(({ type }) => type === "mount") };
  const ids = idsOf(execRequest({}, { linux }));
  assert.ok(!ids.includes("join.pid") && !ids.includes("user.root"), ids.join(" "));
  assert.deepEqual(fieldsOf(execRequest({}, { linux }), "join.namespaces")?.flag, ["CLONE_NEWNS"]);
});

test("compileExec() makes, limits and removes no group", () => {
  const ops = compileExec(execRequest()).steps.map(({ op }) => op);
  assert.ok(!ops.includes("cgroupMake") && !ops.includes("cgroupDevices"));
  assert.ok(!idsOf({ ...execRequest(), cgroup: undefined } as never).includes("cg.join"));
});

test("compileExec() opens a terminal only when one is wanted, after the root was found, and shows it nowhere", () => {
  assert.ok(!idsOf(execRequest()).some((id) => id.startsWith("tty.")));
  const request = execRequest({}, { process: terminal });
  const ids = idsOf(request);
  assert.ok(ids.indexOf("tty.open") > ids.indexOf("root.find"));
  assert.equal(fieldsOf(request, "tty.open")?.target, undefined);
  assert.equal(fieldsOf(request, "tty.open")?.owner, 1000);
});

test("compileExec() lets a detached process outlive its caller and takes nothing of the caller's input", () => {
  const fields = fieldsOf(execRequest({ detached: true }), "monitor");
  assert.equal(fields?.stay, 1);
  assert.equal(fields?.input, undefined);
  assert.equal(fieldsOf(execRequest(), "monitor")?.stay, undefined);
});

test("compileExec() takes detach keys only for a terminal", () => {
  assert.equal(fieldsOf(execRequest(), "monitor")?.detach, undefined);
  assert.equal(fieldsOf(execRequest({}, { process: terminal }), "monitor")?.detach, "\u0010\u0011");
  assert.equal(fieldsOf(execRequest({ detachKeys: "" }, { process: terminal }), "monitor")?.detach, undefined);
});

test("compileExec() gives every step a reason and a phase that never goes back", () => {
  const phases = ["monitor", "host", "child", "init"];
  const { steps } = compileExec(execRequest({}, { process: terminal }));
  const order = steps.map(({ phase }) => phases.indexOf(phase));
  assert.deepEqual(
    order,
    [...order].sort((one, other) => one - other),
  );
  for (const step of steps) assert.ok(step.why.length > 5, `${step.id} has no reason`);
});
