// @regression V88 variables of Node
// @wrong Variables made Node load code, or speak to a debugger.
// @rule R8
// @defence The launcher clears them before Node starts.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { brigPath } from "../../support/projectPaths.ts";

const scratch = mkdtempSync(join(tmpdir(), "brig-launcher-"));
after(() => rmSync(scratch, { recursive: true, force: true }));

const roots = { BRIG_ROOT: join(scratch, "root"), BRIG_RUN_ROOT: join(scratch, "run") };
const env = { PATH: process.env.PATH ?? "", ...roots };

function start(path: string, args: readonly string[], more: Readonly<Record<string, string>> = {}) {
  return spawnSync(path, args, { env: { ...env, ...more }, encoding: "utf8", cwd: scratch });
}

test("brig starts through a chain of symbolic links", () => {
  symlinkSync(brigPath, join(scratch, "one"));
  symlinkSync("one", join(scratch, "two"));
  for (const path of [brigPath, join(scratch, "one"), join(scratch, "two")]) {
    const { status, stdout } = start(path, ["image", "--help"]);
    assert.equal(status, 0);
    assert.match(stdout, /^Usage: {2}brig image COMMAND/);
  }
});

test("brig is found by the shell as a word", () => {
  symlinkSync(brigPath, join(scratch, "brig"));
  const { status, stdout } = start("/bin/sh", ["-c", "brig -h"], { PATH: `${scratch}:${env.PATH}` });
  assert.equal(status, 0);
  assert.match(stdout, /^Usage: {2}brig \[OPTIONS\] COMMAND/);
});

test("Node's own variables reach neither the program nor its children", () => {
  const trap = join(scratch, "trap.cjs");
  writeFileSync(trap, 'require("node:fs").writeFileSync(__dirname + "/sprung", "");');
  const { status, stderr } = start(brigPath, ["--help"], { NODE_OPTIONS: `--require ${trap}`, NODE_PATH: scratch });
  assert.deepEqual([status, stderr], [0, ""]);
  assert.throws(() => openSync(join(scratch, "sprung"), "r"), { code: "ENOENT" });
});

test("a clone that is not built says how to build it", () => {
  const clone = join(scratch, "clone");
  mkdirSync(clone);
  cpSync(join(brigPath, ".."), join(clone, "bin"), { recursive: true });
  const { status, stderr } = start(join(clone, "bin", "brig"), ["images"]);
  assert.equal(status, 125);
  assert.equal(stderr, `brig: it is not built yet: dist/main.pack is missing\nhint: run "npm run build" in ${clone}\n`);
});

test("a reader that has gone away ends brig quietly, as SIGPIPE would", async () => {
  const child = spawn(brigPath, ["--help"], { env, stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  let err = "";
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  const [status] = await once(child, "close");
  assert.deepEqual([status, err], [141, ""]);
});

test("output that does not fit is an error, not silence", () => {
  const full = openSync("/dev/full", "w");
  const { status, stderr } = spawnSync(brigPath, ["--help"], {
    env,
    stdio: ["ignore", full, "pipe"],
    encoding: "utf8",
  });
  assert.equal(status, 1);
  assert.match(stderr, /^brig: cannot write to stdout: no space left on the device \(ENOSPC\)\n/);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  test(`${signal} ends registry serve and closes it`, async () => {
    const child = spawn(brigPath, ["registry", "serve", "--listen", "127.0.0.1:0"], {
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [line] = await once(child.stdout, "data");
    const url = /http:\S+/.exec(String(line))?.[0] ?? "";
    assert.equal((await fetch(`${url}/v2/`)).status, 200);
    child.kill(signal);
    const [status] = await once(child, "close");
    assert.equal(status, 0);
    await assert.rejects(fetch(`${url}/v2/`));
  });
}
