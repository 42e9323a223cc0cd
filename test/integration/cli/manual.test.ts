import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import test from "node:test";

const page = "man/brig.1";

test("mandoc finds nothing wrong with the manual page", () => {
  const { stdout } = spawnSync("mandoc", ["-Tlint", "-Wwarning", page], { encoding: "utf8" });
  // The page has no date: it is as old as the tables that it is made of.
  const complaints = stdout.split("\n").filter((line) => line !== "" && !line.includes("missing date"));
  assert.deepEqual(complaints, []);
});

test("the manual page shows every global flag, and no request of roff is left in its text", () => {
  const { stdout } = spawnSync("mandoc", ["-Tutf8", page], { encoding: "utf8" });
  const shown = stdout.replaceAll(/[\s\S]\u0008/g, "");
  for (const flag of ["--lang", "--root", "--detach", "--publish"]) assert.ok(shown.includes(flag), flag);
  assert.doesNotMatch(shown, /\\[ef&(]|^\s*\.[A-Z]{2}\b/m);
  assert.match(readFileSync(page, "utf8"), /^\.TH BRIG 1/m);
});
