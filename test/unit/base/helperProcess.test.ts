import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeRecords, spawnHelper } from "../../../src/base/index.ts";

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
  const helper = spawnHelper("/nonexistent/brig-helper", ["extract", "/"]);
  await assert.rejects(helper.ended, {
    code: "helperMissing",
    message: /"\/nonexistent\/brig-helper": it is not there/,
  });
});

test("spawnHelper() gives the helper an empty environment and reports how it ended", async () => {
  const helper = spawnHelper("/usr/bin/env", []);
  helper.stdin.end();
  assert.deepEqual(await helper.ended, { status: 0, records: [] });
  const killed = spawnHelper("/usr/bin/cat", []);
  killed.kill();
  assert.equal((await killed.ended).status, 137);
});
