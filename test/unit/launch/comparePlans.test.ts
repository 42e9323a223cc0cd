import assert from "node:assert/strict";
import { test } from "node:test";
import { comparePlans, formatPlanDifference, type LaunchPlan, type LaunchStep } from "../../../src/launch/index.ts";
import { inEnglish } from "../../support/planLanguage.ts";

const step = (id: string, fields: LaunchStep["fields"] = {}, extra: Partial<LaunchStep> = {}): LaunchStep => ({
  id,
  phase: "host",
  op: "openTree",
  fields,
  why: `why ${id.replace(/\d+/, "")}`,
  ...extra,
});
const plan = (...steps: readonly LaunchStep[]): LaunchPlan => ({ version: 1, steps, notices: [] });
const short = (before: LaunchPlan, after: LaunchPlan) =>
  comparePlans(before, after).changes.map(({ change, step: { id } }) => `${change} ${id}`);

test("comparePlans() says what came, went and changed, each where it would be carried out", () => {
  const before = plan(step("a"), step("gone"), step("b", { flag: ["X", "Y"], mode: 1 }), step("c"));
  const after = plan(step("a"), step("b", { flag: ["Y", "Z"], size: 2 }), step("new"), step("c"));
  const { changes, same } = comparePlans(before, after);
  assert.equal(same, 2);
  assert.deepEqual(short(before, after), ["removed gone", "changed b", "added new"]);
  assert.deepEqual(changes[1]?.change === "changed" && changes[1].fields, [
    { field: "flag", before: ["X", "Y"], after: ["Y", "Z"] },
    { field: "mode", before: 1 },
    { field: "size", after: 2 },
  ]);
});

test("comparePlans() knows a tree again that only has another number", () => {
  const open = (number: number, path: string) => step(`bind${number}.open`, { as: `bind${number}`, path });
  const attach = (number: number, target: string) => step(`mnt.${target}`, { tree: `bind${number}`, target });
  const before = plan(open(0, "/hosts"), attach(0, "/etc/hosts"));
  const after = plan(open(0, "/data"), open(1, "/hosts"), attach(0, "/d"), attach(1, "/etc/hosts"));
  assert.deepEqual(short(before, after), ["added bind0.open", "added mnt./d"]);
  assert.deepEqual(short(after, before), ["removed bind0.open", "removed mnt./d"]);
});

test("comparePlans() tells steps of one name apart by their order, and the start from the probe", () => {
  const twice = [step("cg.enable", { value: "+cpu" }), step("cg.enable", { value: "+io" })];
  assert.deepEqual(short(plan(...twice), plan(...twice.slice(0, 1))), ["removed cg.enable"]);
  const probe = step("cg.enable", { value: "+cpu" }, { part: "probe" });
  assert.deepEqual(short(plan(...twice.slice(0, 1)), plan(probe)), ["added cg.enable", "removed cg.enable"]);
  assert.deepEqual(comparePlans(plan(...twice), plan(...twice)), { changes: [], same: 2 });
});

test("a difference is printed with names for capabilities, and many of a kind as one", () => {
  const caps = (mask: string) => step("priv.capabilities", { effective: mask }, { phase: "init", op: "capabilities" });
  const many = Array.from({ length: 9 }, (_, index) => step(`dev${index}.open`, { path: `/dev/${index}` }));
  const text = formatPlanDifference(comparePlans(plan(caps("1")), plan(...many, caps("2097152"))), inEnglish);
  const lines = text.split("\n");
  assert.equal(lines.length, 7, text);
  assert.match(lines[1] ?? "", /^ {3}\+ {2}dev0\.open +openTree path=\/dev\/0 +why dev\.open$/);
  assert.equal(lines[2], "   +  ... and 8 more like it");
  assert.match(lines[4] ?? "", /^ {3}~ {2}priv\.capabilities +capabilities effective: -CAP_CHOWN,\+CAP_SYS_ADMIN +why/);
  assert.equal(lines[5], "9 steps added, 0 removed, 1 changed, 0 the same");
});
