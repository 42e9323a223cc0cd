import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { cachedProgram } from "../../../src/launch/index.ts";

const spec = {
  defaultAction: "SCMP_ACT_ALLOW",
  architectures: ["SCMP_ARCH_X86_64"],
  syscalls: [{ names: ["reboot"], action: "SCMP_ACT_ERRNO" }],
};

test("cachedProgram() compiles once, then takes what it kept, and tells profiles apart", async (t) => {
  const cache = mkdtempSync(join(tmpdir(), "brig-seccomp-"));
  t.after(() => rmSync(cache, { recursive: true }));
  const first = await cachedProgram({ spec, arch: "x86_64", cache });
  const [file = ""] = readdirSync(cache);
  assert.match(first, /^([0-9a-f]{16})+$/);
  assert.equal(await cachedProgram({ spec, arch: "x86_64" }), first);
  const path = join(cache, file);
  appendFileSync(path, "kept");
  assert.equal(await cachedProgram({ spec, arch: "x86_64", cache }), `${first}kept`);
  await cachedProgram({ spec: { ...spec, defaultAction: "SCMP_ACT_LOG" }, arch: "x86_64", cache });
  assert.equal(readdirSync(cache).length, 2);
});

test("cachedProgram() takes nothing that another profile has left under the same name", async (t) => {
  const cache = mkdtempSync(join(tmpdir(), "brig-seccomp-"));
  t.after(() => rmSync(cache, { recursive: true }));
  const program = await cachedProgram({ spec, arch: "x86_64", cache });
  const [file = ""] = readdirSync(cache);
  writeFileSync(join(cache, file), '[2,"x86_64",{"defaultAction":"SCMP_ACT_LOG"}]\nstrange');
  assert.equal(await cachedProgram({ spec, arch: "x86_64", cache }), program);
});
