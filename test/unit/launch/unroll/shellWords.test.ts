import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import test from "node:test";
import { comment, writeHere } from "../../../../src/launch/unroll/shellWords.ts";

const shell = (script: string) =>
  spawnSync("/bin/sh", ["-c", script], { encoding: "utf8", env: { HOME: "/h" } }).stdout;

test("writeHere() writes lines as they are, whatever they say", () => {
  const lines = ["END", "END_", "$HOME `id` \\", "  'x'\n\tEND__", ""];
  const write = writeHere('"$file"', lines).join("\n");
  const script = `file=$(mktemp)\n${write}\ncat "$file"; rm "$file"`;
  assert.equal(shell(script), `${lines.join("\n")}\n`);
});

test("comment() lets nothing out of a comment", () => {
  const lines = comment("why\nrm -rf /\r`id`\u0000\u001b[31m");
  assert.deepEqual(lines, ["# why", "# rm -rf /", "# `id`??[31m"]);
  assert.equal(shell(`${lines.join("\n")}\necho after`), "after\n");
});
