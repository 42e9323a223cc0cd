import assert from "node:assert/strict";
import { test } from "node:test";
import { duplicateMember } from "../../../src/oci/duplicateMembers.ts";

const table: readonly (readonly [text: string, twice: string | undefined])[] = [
  ["{}", undefined],
  ['{"a":1,"b":{"a":2},"c":[{"a":3},{"a":4}]}', undefined],
  ['{"a":"a","b":"a"}', undefined],
  ['{"a":["a","a"]}', undefined],
  ['{"a":1,"A":2}', undefined],
  ['{"__proto__":1,"constructor":2}', undefined],
  ['{"a":"\\"a\\":","b":"}{"}', undefined],
  ['{"a":1,"a":2}', "a"],
  ['{"a" \n\t\r:1,"b":{},"a":2}', "a"],
  ['{"b":[{"a":1,"a":2}]}', "a"],
  ['{"a":1,"\\u0061":2}', "a"],
  ['{"a\\\\":1,"a\\\\":2}', "a\\"],
  ['{"":1,"":2}', ""],
  ['{"__proto__":1,"__proto__":2}', "__proto__"],
];

test("duplicateMember() finds a member that is there twice, in one object only", () => {
  for (const [text, twice] of table) {
    JSON.parse(text);
    assert.equal(duplicateMember(text), twice, text);
  }
});

test("duplicateMember() goes through four megabytes once", () => {
  const members = Array.from({ length: 200_000 }, (_, index) => `"member-${index}":"${"\\\\".repeat(4)}"`);
  const before = performance.now();
  assert.equal(duplicateMember(`{${members.join(",")}}`), undefined);
  assert.ok(performance.now() - before < 5000);
});
