import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";

const pages = readdirSync("man").map((name) => join("man", name));

test("every command has a manual page, and package.json has them all", () => {
  for (const name of ["brig.1", "brig-run.1", "brig-plan-run.1", "brig-network.1", "brig-network-create.1"])
    assert.ok(pages.includes(`man/${name}`), name);
  const { man } = JSON.parse(readFileSync("package.json", "utf8")) as { readonly man: readonly string[] };
  assert.deepEqual(man.toSorted(), pages.map((page) => `./${page}`).sort());
});

test("mandoc finds nothing wrong with the manual pages", () => {
  const { stdout } = spawnSync("mandoc", ["-Tlint", "-Wwarning", ...pages], { encoding: "utf8" });
  // The pages have no date: they are as old as the tables that they are made of.
  const complaints = stdout.split("\n").filter((line) => line !== "" && !line.includes("missing date"));
  assert.deepEqual(complaints, []);
});

test("groff formats the manual pages without a warning", () => {
  for (const page of pages) {
    const { stderr, status } = spawnSync("groff", ["-man", "-Tutf8", "-ww", page], { encoding: "utf8" });
    assert.deepEqual({ page, status, stderr }, { page, status: 0, stderr: "" });
  }
});

test("the manual shows every flag, and no request of roff is left in its text", () => {
  const flags = { "man/brig.1": ["--lang", "--root"], "man/brig-run.1": ["--detach", "--publish"] };
  for (const [page, expected] of Object.entries(flags)) {
    const { stdout } = spawnSync("mandoc", ["-Tutf8", page], { encoding: "utf8" });
    const shown = stdout.replaceAll(/[\s\S]\u0008/g, "");
    for (const flag of expected) assert.ok(shown.includes(flag), flag);
    assert.doesNotMatch(shown, /\\[ef&(]|^\s*\.[A-Z]{2}\b/m);
  }
  assert.match(readFileSync("man/brig-run.1", "utf8"), /^\.TH BRIG-RUN 1/m);
});
