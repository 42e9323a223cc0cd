import assert from "node:assert/strict";
import { test } from "node:test";
import { checkFeatures, featureNames, offers, parseFeatures } from "../../../src/host/kernelFeatures.ts";

const record = (name: string, ok: string, errno: string) => `feature\0name=${name}\0ok=${ok}\0errno=${errno}\0\0`;

test("parseFeatures() keeps what works apart from what was refused, and why", () => {
  const output = `${record("idmap", "1", "0")}${record("timeNamespace", "0", "38")}${record("overlay", "0", "22")}`;
  assert.deepEqual(parseFeatures(Buffer.from(output)), { idmap: true, timeNamespace: "ENOSYS", overlay: "EINVAL" });
});

test("parseFeatures() passes over what it does not know and what is cut off", () => {
  const output = `${record("novelty", "1", "0")}${record("idmap", "1", "x")}noise\0name=mqueue\0ok=1\0errno=0\0\0feature\0name=over`;
  assert.deepEqual(parseFeatures(Buffer.from(output)), {});
  assert.deepEqual(parseFeatures(new Uint8Array()), {});
});

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
