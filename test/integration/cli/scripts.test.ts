import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { brigOk, disposeRoot, type TestRoot } from "../../support/brig.ts";
import { brigPath, helperPath } from "../../support/projectPaths.ts";
import { busyboxRoot } from "../../support/pulledRoot.ts";

const headerSize = 256;

let root: TestRoot;
let image: string;

before(async () => {
  ({ root, image } = await busyboxRoot());
  // Once the whole program: the seccomp filter is compiled by the first container of a root, and then kept.
  await brigOk(["run", "--rm", "--network", "none", image, "true"], { root });
});
after(() => disposeRoot(root));

/** A copy of the program that ends behind its first scripts: what needs another one fails and says so. */
function withScripts(count: number, clone: string): string {
  const built = dirname(dirname(brigPath));
  cpSync(join(built, "bin"), join(clone, "bin"), { recursive: true });
  for (const name of ["dist", "build"]) mkdirSync(join(clone, name));
  cpSync(join(built, "package.json"), join(clone, "package.json"));
  symlinkSync(helperPath, join(clone, "build", "brig-helper"));
  symlinkSync(join(process.cwd(), "node_modules"), join(clone, "node_modules"));
  const pack = readFileSync(join(built, "dist", "main.pack"));
  const sizes: readonly (readonly number[])[] = JSON.parse(pack.toString("latin1", 0, headerSize));
  const end = sizes
    .slice(0, count)
    .flat()
    .reduce((sum, size) => sum + size, headerSize);
  assert.ok(end < pack.length, "there are other scripts");
  writeFileSync(join(clone, "dist", "main.pack"), pack.subarray(0, end));
  return join(clone, "bin", "brig");
}

function runProgram(program: string, words: readonly string[]): string {
  const env = { PATH: process.env.PATH ?? "", HOME: root.home };
  const places = ["--root", root.root, "--run-root", root.runRoot];
  return execFileSync(program, [...places, ...words], { env, encoding: "utf8", timeout: 60_000 }).trim();
}

test("images needs the first script of the program only", () => {
  const program = withScripts(1, join(root.directory, "core"));
  assert.match(runProgram(program, ["images"]), /latest/);
  assert.throws(() => runProgram(program, ["ps"]), /main\.pack is cut off/);
});

test("what starts, lists and ends containers needs the first two only", () => {
  const program = withScripts(2, join(root.directory, "lifecycle"));
  const brig = (...words: readonly string[]) => runProgram(program, words);
  assert.equal(brig("run", "--rm", "--network", "none", image, "echo", "alone"), "alone");
  assert.equal(
    brig("run", "--rm", "-p", "127.0.0.1::80", "-v", "kept:/kept", "-e", "A=b", image, "echo", "beside"),
    "beside",
  );
  brig("run", "-d", "--init", "--name", "one", image, "sleep", "600");
  assert.equal(brig("exec", "one", "echo", "inside"), "inside");
  assert.match(brig("ps", "--all"), /\bone$/m);
  assert.match(brig("images"), /latest/);
  assert.match(brig("inspect", "one"), /"Name": "\/one"/);
  brig("restart", "--time", "0", "one");
  brig("stop", "--time", "0", "one");
  brig("start", "one");
  brig("kill", "one");
  assert.equal(brig("wait", "one"), "137");
  assert.equal(brig("logs", "one"), "");
  brig("rm", "one");
  brig("create", "--name", "two", image);
  brig("rm", "--force", "two");
  assert.throws(() => brig("network", "ls"), /main\.pack is cut off/);
});
