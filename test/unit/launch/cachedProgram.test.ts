import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
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
  assert.deepEqual(await cachedProgram({ spec, arch: "x86_64" }), new Uint8Array(first));
  writeFileSync(join(cache, file), "kept");
  assert.equal(Buffer.from(await cachedProgram({ spec, arch: "x86_64", cache })).toString(), "kept");
  await cachedProgram({ spec: { ...spec, defaultAction: "SCMP_ACT_LOG" }, arch: "x86_64", cache });
  assert.equal(readdirSync(cache).length, 2);
});
