import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";

test("docs/REGRESSIONS.md is what the heads of the test files say", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/regressions.mjs", "--check"], {
    encoding: "utf8",
  });
  assert.deepEqual([status, stdout, stderr], [0, "", ""]);
});

test("each file of test/security is in the index under the number of its name", () => {
  const index = readFileSync("docs/REGRESSIONS.md", "utf8").split("\n");
  for (const name of readdirSync("test/security")) {
    const row = index.find(
      (line) => line.startsWith(`| ${name.slice(0, 3)} `) && line.includes(`(../test/security/${name})`),
    );
    assert.ok(row !== undefined, `${name} has no remark, or not under its own number`);
  }
});

test("each rule that the index names is in the threat model", () => {
  const model = readFileSync("docs/THREAT-MODEL.md", "utf8");
  for (const [, rule] of readFileSync("docs/REGRESSIONS.md", "utf8").matchAll(/\| (R\d+) \|/g)) {
    assert.match(model, new RegExp(`\\| ${rule} \\|`));
  }
});
