import assert from "node:assert/strict";
import { test } from "node:test";
import { encodePlan } from "../../../src/launch/index.ts";
import { JournalReader } from "../../../src/launch/journalReader.ts";
import type { LaunchStep } from "../../../src/launch/plan.ts";

const step: LaunchStep = {
  id: "s",
  phase: "host",
  op: "open",
  fields: { path: "/a b", argv: ["X", "Y"], n: 7 },
  why: "stays here",
};

test("encodePlan() writes one NUL-terminated record a step and ends with the record end", () => {
  const expected = "open\0step=s\0phase=host\0path=/a b\0argv=X\0argv=Y\0n=7\0\0end\0\0";
  assert.equal(encodePlan({ steps: [step] }).toString("latin1"), expected);
});

test("encodePlan() gives the helper the numbers of the constants that a plan names, and knows all of them", () => {
  const fields = { flag: ["CLONE_NEWNS", "CLONE_NEWNET"], attribute: [], propagation: "MS_SLAVE" };
  const text = encodePlan({ steps: [{ ...step, fields }] }).toString("latin1");
  assert.ok(text.includes("\0flag=1073872896\0attribute=0\0propagation=524288\0"));
  for (const name of ["MOUNT_ATTR_RELATIME ", "toString", "1"]) {
    assert.throws(() => encodePlan({ steps: [{ ...step, fields: { set: [name] } }] }), /unknown constant/);
  }
});

test("encodePlan() keeps empty values, and text beyond ASCII as UTF-8", () => {
  const bytes = encodePlan({ steps: [{ ...step, fields: { env: ["A=", "B=ü"] } }] });
  assert.ok(bytes.includes("env=A=\0env=B=ü\0"));
});

test("encodePlan() refuses a NUL, which would forge a field", () => {
  assert.throws(() => encodePlan({ steps: [{ ...step, fields: { path: "/a\0phase=init" } }] }), /NUL/);
});

function record(op: string, ...fields: readonly string[]): Buffer {
  return Buffer.from(`${[op, ...fields, ""].join("\0")}\0`);
}

test("JournalReader gives the same records however the bytes are cut", () => {
  const stream = Buffer.concat([
    record("call", "name=open", "errno=2"),
    record("file", "path=/x", "errno=0", "size=5"),
    Buffer.from("a\0\0bc"),
    record("exited", "code=3"),
  ]);
  for (let size = 1; size <= stream.length; size++) {
    const reader = new JournalReader();
    const found = [];
    for (let at = 0; at < stream.length; at += size) found.push(...reader.read(stream.subarray(at, at + size)));
    assert.deepEqual(
      found.map(({ op }) => op),
      ["call", "file", "exited"],
    );
    assert.equal(found[1]?.bytes.toString("latin1"), "a\0\0bc");
    assert.equal(found[2]?.fields.get("code"), "3");
  }
});

test("JournalReader refuses a size that no file of a journal has", () => {
  for (const size of ["-1", "99999999999", "x"]) {
    assert.throws(() => new JournalReader().read(record("file", "path=/x", "errno=0", `size=${size}`)), /bytes/);
  }
});
