import assert from "node:assert/strict";
import test from "node:test";
import { EngineError } from "../../../../src/base/index.ts";
import { type ComparableRun, requireComparable } from "../../../../src/container/runc/requireComparable.ts";

function run(namespaces: readonly object[], phases: readonly string[] = [], terminal = false): ComparableRun {
  const steps = phases.map((phase) => ({ id: "s", phase, op: "o", fields: {}, why: "" }));
  return { bundleSpec: { process: { terminal }, linux: { namespaces } }, plan: { steps } } as unknown as ComparableRun;
}

const hintOf = (refused: ComparableRun): string | undefined => {
  try {
    requireComparable(refused);
  } catch (error) {
    assert.ok(error instanceof EngineError);
    assert.equal(error.code, "notOffered");
    return error.hint;
  }
  return undefined;
};

test("requireComparable() says which flags stand in the way", () => {
  assert.equal(hintOf(run([{ type: "mount" }, { type: "network" }], ["host", "child"])), undefined);
  assert.equal(hintOf(run([{ type: "user" }])), 'add "--userns host"');
  assert.equal(
    hintOf(run([{ type: "user" }], ["links"])),
    'add "--userns host"; add "--network none" or "--network host"',
  );
  assert.match(hintOf(run([{ type: "pid", path: "/proc/1/ns/pid" }])) ?? "", /another container/);
  assert.equal(hintOf(run([], [], true)), 'leave out "--tty"');
});
