import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { readSources } from "../support/architecture/sources.ts";
import { families, helperPoints, networkPoints, programPoints } from "../support/failPoints/points.ts";

/** What stands between the parentheses of every call, in all files. */
function callsIn(files: Iterable<string>, call: RegExp): readonly string[] {
  return [...files].flatMap((text) => [...text.matchAll(call)].map(([, ...parts]) => parts.join(".")));
}

test("the list names every fail point of the program, each of which stands at one place", () => {
  const calls = callsIn(readSources("src", ".ts").values(), /(?<!function )failPoint\(([^)]*)\)/g);
  const quoted = Object.keys({ ...programPoints, ...networkPoints }).map((name) => JSON.stringify(name));
  assert.deepEqual([...calls].sort(), quoted.sort());
});

test("the list names every fail point of the helper, each of which stands at one place", () => {
  const sources = [...readSources("native", ".c").values()];
  const calls = callsIn(sources, /FAIL_POINT\("([^"]*)", ([^)]*)\)/g);
  const computed = calls.filter((call) => !call.endsWith('"')).map((call) => call.split(".")[0]);
  const literal = calls.filter((call) => call.endsWith('"')).map((call) => call.replaceAll('"', ""));
  const listed = Object.keys(helperPoints).filter((name) => !families.includes(name.split(".")[0] ?? ""));
  assert.deepEqual(literal.sort(), listed.sort());
  assert.deepEqual(computed.sort(), [...families].sort());
});

test("nothing of a fail point is in the program, the library or the helper", () => {
  const chunks = existsSync("dist/chunks") ? readdirSync("dist/chunks").map((name) => join("dist/chunks", name)) : [];
  const built = ["dist/main.pack", "dist/index.js", "build/brig-helper", ...chunks].filter((path) => existsSync(path));
  for (const path of built) {
    const text = readFileSync(path, "latin1");
    const found = Object.keys({ ...programPoints, ...networkPoints, ...helperPoints }).filter(
      // init_failPoint() is the start of an empty module.
      (name) => text.includes(name) || /(?<!init_)failPoint\(|fail_point|BRIG_FAIL/.test(text),
    );
    assert.deepEqual(found, [], path);
  }
});
