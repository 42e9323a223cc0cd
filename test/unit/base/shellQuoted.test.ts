import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import test from "node:test";
import { shellQuoted } from "../../../src/base/shellQuoted.ts";

const hostile = [
  "",
  "plain",
  "it's",
  "''",
  "a b\tc",
  '"$HOME" `id` $(id) \\ \\\\',
  "line\nanother\n",
  "\n",
  "-n",
  "~",
  "a*?[b]",
  "#x",
  "a=b;c&d|e>f<g!h{i}",
  "END",
  "\u0001\u007f\ue000é",
];

const shell = (script: string) =>
  spawnSync("/bin/sh", ["-c", script], { encoding: "utf8", env: { HOME: "/h" } }).stdout;

test("shellQuoted() is one word for a shell, letter for letter", () => {
  for (const text of hostile) assert.equal(shell(`printf '<%s>' ${shellQuoted(text)}`), `<${text}>`);
  assert.equal(
    shell(`printf '<%s>' ${hostile.map(shellQuoted).join(" ")}`),
    hostile.map((text) => `<${text}>`).join(""),
  );
});
