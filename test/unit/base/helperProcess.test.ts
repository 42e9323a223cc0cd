import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { decodeRecords, encodeRecords, spawnHelper } from "../../../src/base/index.ts";

test("decodeRecords() reads complete records and drops a torn one", () => {
  const bytes = Buffer.from("done\0entries=2\0text=a=b\xff\0\0error\0errno=2\0\0torn\0path=", "latin1");
  const records = decodeRecords(bytes).map(({ op, fields }) => [op, Object.fromEntries(fields)]);
  assert.deepEqual(records, [
    ["done", { entries: "2", text: "a=b\xff" }],
    ["error", { errno: "2" }],
  ]);
  assert.deepEqual(decodeRecords(Buffer.alloc(0)), []);
});

test("spawnHelper() says what to do when the helper is not there", async () => {
  const helper = spawnHelper("/nonexistent/brig-helper", []);
  await assert.rejects(helper.ended, {
    code: "helperMissing",
    message: /"\/nonexistent\/brig-helper": it is not there/,
  });
});

/** Tells how much of an environment it has, and gives the plan back. */
const echo = `#!${process.execPath}
const control = new (require("node:net").Socket)({ fd: 3 });
control.once("data", (plan) => {
  process.stdout.write("environment\\0size=" + Object.keys(process.env).length + "\\0\\0");
  control.end(plan);
});
`;

test("spawnHelper() gives the helper an empty environment and a plan, and reports how it ended", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "brig-helper-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const program = join(directory, "echo");
  writeFileSync(program, echo, { mode: 0o755 });
  const helper = spawnHelper(program, [{ op: "measure", fields: { path: ["/a", "/b"] } }]);
  helper.stdin.end();
  const { status, records } = await helper.ended;
  assert.equal(status, 0);
  assert.deepEqual(
    records.map(({ op, fields }) => [op, ...fields]),
    [["environment", ["size", "0"]], ["measure", ["phase", "host"], ["path", "/b"]], ["end"]],
  );
  const killed = spawnHelper(program, []);
  killed.kill();
  assert.equal((await killed.ended).status, 137);
});

test("encodeRecords() repeats a field with several values and refuses what would end it early", () => {
  const bytes = encodeRecords([{ op: "measure", fields: { path: ["/a", "/b"], count: 2 } }]);
  assert.equal(bytes.toString(), "measure\0path=/a\0path=/b\0count=2\0\0");
  assert.throws(() => encodeRecords([{ op: "remove", fields: { name: "a\0b" } }]), /a NUL/);
});
