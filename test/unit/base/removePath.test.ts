import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { removeDirectory, removeFile } from "../../../src/base/index.ts";

test("removeDirectory() takes away a tree and follows no link out of it; what is missing is fine", (t) => {
  const scratch = mkdtempSync(join(tmpdir(), "brig-remove-"));
  t.after(() => rmSync(scratch, { recursive: true }));
  mkdirSync(join(scratch, "tree/a/b"), { recursive: true });
  mkdirSync(join(scratch, "outside"));
  writeFileSync(join(scratch, "outside/kept"), "");
  writeFileSync(join(scratch, "tree/a/file"), "");
  symlinkSync(join(scratch, "outside"), join(scratch, "tree/a/link"));
  removeDirectory(join(scratch, "tree"));
  assert.equal(existsSync(join(scratch, "tree")), false);
  assert.equal(existsSync(join(scratch, "outside/kept")), true);
  removeDirectory(join(scratch, "tree"));
  removeFile(join(scratch, "tree"));
  assert.throws(() => removeFile(scratch), { code: "fileSystem" });
});
