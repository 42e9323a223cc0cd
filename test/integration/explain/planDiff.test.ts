import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import type { PlanDifference } from "../../../src/launch/index.ts";
import { brigOk, disposeRoot, type TestRoot } from "../../support/brig.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
});

after(() => disposeRoot(root));

const plan = ["plan", "run", "--network", "none", "--format", "json"];
const diff = async (...flags: readonly string[]) =>
  JSON.parse((await brigOk([...plan, ...flags, image, "sh"], { root })).stdout) as PlanDifference;
const of = ({ changes }: PlanDifference, wanted: string) =>
  changes.filter(({ change }) => change === wanted).map(({ step }) => step.id);

test("plan run --diff shows what --privileged takes away", async () => {
  const privileged = await diff("--diff", "--privileged");
  const removed = of(privileged, "removed");
  for (const id of ["user.map", "user.root", "priv.seccomp", "mask./proc/kcore", "readonly./proc/sys"])
    assert.ok(removed.includes(id), `${id} of ${removed.join(" ")}`);
  const clone = privileged.changes.find(({ step }) => step.id === "clone");
  assert.ok(clone?.change === "changed");
  const [{ before = [], after = [] } = {}] = clone.fields;
  assert.ok(Array.isArray(before) && Array.isArray(after));
  assert.deepEqual(
    before.filter((flag: string) => !after.includes(flag)),
    ["CLONE_NEWUSER"],
  );
});

test("plan run --diff leaves out what was asked for before it, and what only got another number", async () => {
  const volume = await diff("-v", "/tmp:/one", "--init", "--diff", "-v", "/var:/two");
  assert.deepEqual(of(volume, "removed"), []);
  assert.deepEqual(of(volume, "changed"), []);
  assert.deepEqual(
    of(volume, "added").map((id) => id.replace(/\d+/, "N")),
    ["bindN.open", "bindN.set", "mnt./two"],
  );
  assert.deepEqual((await diff("--init", "--diff")).changes, []);
});
