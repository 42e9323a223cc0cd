import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Lab } from "../../src/lab/index.ts";
import { type BrigResult, runBrig, type TestRoot } from "./brig.ts";

/** Under load, and in an emulated machine, the start of a container takes long. */
const timeoutMs = 240_000;

/** Goes through a lab as a learner would: broken, repaired by the answer, and put away without a trace. */
export async function passThroughLab({ number, fault }: Lab, root: TestRoot): Promise<void> {
  const brig = (...args: string[]) => runBrig(args, { root, timeoutMs });
  const name = String(number);
  succeeded(await brig("lab", "start", name));
  expectVerdict(await checkOf(name, root), "broken");
  const words = fault.kind === "steps" ? fault.answer : fault.answer.words;
  succeeded(await brig("lab", "fix", name, ...words));
  expectVerdict(await checkOf(name, root), "repaired");
  succeeded(await brig("lab", "stop", name));
  for (const directory of [root.root, root.runRoot]) assert.equal(existsSync(join(directory, "labs")), false);
}

function succeeded({ code, stderr }: BrigResult): void {
  assert.equal(code, 0, stderr);
}

function checkOf(name: string, root: TestRoot): Promise<BrigResult> {
  return runBrig(["lab", "check", "--format", "json", name], { root, timeoutMs });
}

function expectVerdict({ stdout, stderr, code }: BrigResult, wanted: "broken" | "repaired"): void {
  assert.notEqual(stdout, "", stderr);
  const { Passed, Evidence }: { Passed?: unknown; Evidence?: unknown } = JSON.parse(stdout);
  assert.equal(Passed, wanted === "repaired", String(Evidence));
  assert.equal(code, wanted === "repaired" ? 0 : 1);
}
