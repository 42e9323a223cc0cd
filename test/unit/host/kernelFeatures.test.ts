import assert from "node:assert/strict";
import { test } from "node:test";
import { checkFeatures, featureNames, offers } from "../../../src/host/kernelFeatures.ts";

test("checkFeatures() takes only a whole and well-formed map", () => {
  const whole = Object.fromEntries(featureNames.map((name) => [name, true]));
  assert.deepEqual(checkFeatures(whole), whole);
  assert.deepEqual(checkFeatures({ ...whole, idmap: "EPERM" }), { ...whole, idmap: "EPERM" });
  for (const bad of [
    undefined,
    null,
    1,
    "x",
    [],
    {},
    { ...whole, idmap: false },
    { ...whole, other: true },
    { idmap: true },
  ]) {
    assert.equal(checkFeatures(bad), undefined);
  }
});

test("offers() counts on what nobody could ask", () => {
  assert.equal(offers(undefined, "idmap"), true);
  assert.equal(offers({ idmap: true }, "idmap"), true);
  assert.equal(offers({ idmap: "EINVAL" }, "idmap"), false);
});
