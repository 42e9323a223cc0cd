import assert from "node:assert/strict";
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { createRoot, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { runTool } from "../../support/programs.ts";

let base: TestRoot;

before(() => {
  base = createRoot();
});

after(() => disposeRoot(base));

const unit = "brig-boot.service";

function freshDirectory(name: string): string {
  const directory = join(base.directory, name);
  mkdirSync(directory);
  return directory;
}

const system = (words: readonly string[], root: TestRoot = base) => runBrig(["system", ...words], { root });

test("install-units writes a unit that systemd accepts, once, and uninstall-units takes it and its link away", async () => {
  const directory = freshDirectory("units");
  const path = join(directory, unit);
  const installed = await system(["install-units", "--directory", directory]);
  assert.deepEqual([installed.code, installed.stdout], [0, `${path}: written\n`]);
  assert.match(installed.stderr, /systemctl daemon-reload && systemctl enable --now brig-boot\.service/);
  assert.equal(lstatSync(path).mode & 0o777, 0o644);
  assert.equal(await runTool("systemd-analyze", ["verify", path]), "");
  assert.equal(readFileSync(path, "utf8"), (await system(["install-units", "--print"])).stdout);
  const before = lstatSync(path).ino;
  assert.equal((await system(["install-units", "--directory", directory])).stdout, `${path}: as it should be\n`);
  assert.equal(lstatSync(path).ino, before);
  mkdirSync(join(directory, "multi-user.target.wants"));
  symlinkSync(path, join(directory, "multi-user.target.wants", unit));
  assert.equal((await system(["uninstall-units", "--directory", directory])).stdout, `${path}: removed\n`);
  assert.equal((await system(["uninstall-units", "--directory", directory])).stdout, `${path}: not there\n`);
  assert.deepEqual(readdirSync(directory, { recursive: true }), ["multi-user.target.wants"]);
});

test("install-units --print writes nothing", async () => {
  const directory = freshDirectory("printed");
  const { code, stdout } = await system(["install-units", "--print", "--directory", directory]);
  assert.equal(code, 0);
  assert.match(stdout, /^ExecStart=\/.* system boot$/m);
  assert.deepEqual(readdirSync(directory), []);
});

test("roots whose names systemd would read otherwise come back whole, and the command of the unit works", async () => {
  const directory = freshDirectory("strange");
  for (const name of ["a b", "50%H", "$HOME", "it's", 'quo"te', "back\\slash", "x; touch y"]) {
    const strange = { ...base, root: join(base.directory, name, "root") };
    const { code, stderr } = await system(["install-units", "--directory", directory], strange);
    assert.equal(code, 0, stderr);
    assert.equal(await runTool("systemd-analyze", ["verify", join(directory, unit)]), "", name);
  }
});

test("a unit that somebody else wrote, or masked, stays", async () => {
  const directory = freshDirectory("foreign");
  const path = join(directory, unit);
  writeFileSync(path, "[Unit]\nDescription=mine\n");
  for (const verb of ["install-units", "uninstall-units"]) {
    const { code, stderr } = await system([verb, "--directory", directory]);
    assert.equal(code, 1);
    assert.match(stderr, /it is not a unit that brig wrote/);
  }
  assert.equal(readFileSync(path, "utf8"), "[Unit]\nDescription=mine\n");
  const masked = freshDirectory("masked");
  symlinkSync("/dev/null", join(masked, unit));
  assert.equal((await system(["install-units", "--directory", masked])).code, 1);
  assert.ok(lstatSync(join(masked, unit)).isSymbolicLink() && existsSync("/dev/null"));
});
