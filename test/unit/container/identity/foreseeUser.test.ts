import assert from "node:assert/strict";
import test from "node:test";
import { noAccounts } from "../../../../src/container/identity/accounts.ts";
import { foreseeUser } from "../../../../src/container/identity/foreseeUser.ts";

test("foreseeUser() refuses a name where the accounts are known, and a number that is none in any case", () => {
  assert.throws(() => foreseeUser("app", [], noAccounts), { code: "userNotFound" });
  assert.throws(() => foreseeUser("", ["app"], noAccounts), { code: "userNotFound" });
  for (const accounts of [noAccounts, undefined]) {
    assert.throws(() => foreseeUser("4294967296", [], accounts), { code: "invalidValue" });
  }
});

test("foreseeUser() knows of an image that nobody has looked into numbers alone", () => {
  const numbers = { uid: 7, gid: 8, additionalGids: [8], home: "/" };
  assert.deepEqual(foreseeUser("7:8", [], undefined), { user: numbers, known: false });
  assert.deepEqual(foreseeUser("app", ["9"], undefined).user.uid, 0);
  assert.deepEqual(foreseeUser("7:8", [], noAccounts), { user: numbers, known: true });
});
