import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { writeOutputFile } from "../../../src/base/index.ts";

function scratchOf(t: TestContext): string {
  const scratch = mkdtempSync(join(tmpdir(), "brig-output-"));
  t.after(() => rmSync(scratch, { recursive: true }));
  return scratch;
}

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

async function* broken(): AsyncGenerator<Uint8Array> {
  yield Buffer.from("half");
  throw new Error("cut");
}

test("writeOutputFile() puts the whole file in place of an old one, or leaves the old one", async (t) => {
  const scratch = scratchOf(t);
  writeFileSync(join(scratch, "file"), "old");
  await assert.rejects(writeOutputFile("file", broken(), scratch), /cut/);
  assert.equal(readFileSync(join(scratch, "file"), "utf8"), "old");
  await writeOutputFile("file", pieces("new ", "text"), scratch);
  assert.equal(readFileSync(join(scratch, "file"), "utf8"), "new text");
  assert.deepEqual(readdirSync(scratch), ["file"]);
});

test("writeOutputFile() writes the file that a link leads to", async (t) => {
  const scratch = scratchOf(t);
  writeFileSync(join(scratch, "file"), "old");
  symlinkSync("file", join(scratch, "link"));
  await writeOutputFile(join(scratch, "link"), pieces("new"), "/");
  assert.equal(readFileSync(join(scratch, "file"), "utf8"), "new");
  assert.ok(lstatSync(join(scratch, "link")).isSymbolicLink());
});

test("writeOutputFile() replaces neither a pipe nor a directory, also behind a link, and reads nothing for it", async (t) => {
  const scratch = scratchOf(t);
  spawnSync("mkfifo", [join(scratch, "pipe")]);
  symlinkSync("pipe", join(scratch, "link"));
  let wasRead = false;
  async function* watched(): AsyncGenerator<Uint8Array> {
    wasRead = true;
    yield Buffer.from("x");
  }
  for (const name of ["pipe", "link"]) {
    await assert.rejects(writeOutputFile(name, watched(), scratch), {
      code: "invalidValue",
      message: `cannot write to "${join(scratch, name)}": it is a named pipe, and would be replaced by a file`,
    });
  }
  assert.equal(wasRead, false);
  assert.ok(lstatSync(join(scratch, "pipe")).isFIFO());
  await assert.rejects(writeOutputFile(".", pieces("x"), scratch), { code: "fileSystem" });
  assert.deepEqual(readdirSync(scratch).toSorted(), ["link", "pipe"]);
});
