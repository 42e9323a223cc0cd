import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { brigCommand, brigEnvironment, createRoot, disposeRoot } from "../../support/brig.ts";
import { startFaultRegistry } from "../../support/faultRegistry.ts";
import { projectRoot } from "../../support/projectPaths.ts";
import { runnableImage } from "../../support/runnableImage.ts";

test("a large layer streams through without V8 collecting its whole heap again and again", async (t) => {
  const root = createRoot();
  t.after(() => disposeRoot(root));
  const registry = await startFaultRegistry(runnableImage(randomBytes(64 << 20)), () => false);
  t.after(() => registry.stop());
  const [, ...words] = brigCommand(root, ["pull", "-q", `${registry.address}/app`]);
  const program = ["--trace-gc", join(projectRoot, "bin/brig.cjs")];
  const { stdout } = await promisify(execFile)(process.execPath, [...program, ...words], {
    env: brigEnvironment(root),
  });
  const collections = stdout.split("\n").filter((line) => line.includes(" Mark-Compact ")).length;
  assert.ok(collections <= 4, `${collections} collections`);
});
