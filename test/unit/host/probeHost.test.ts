import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { probeHost } from "../../../src/host/index.ts";
import { parseKernelRelease, parseOpenFiles } from "../../../src/host/probeHost.ts";

test("probeHost() needs neither root nor a helper", () => {
  const directory = mkdtempSync(join(tmpdir(), "brig-host-"));
  try {
    const facts = probeHost({
      dataRoot: join(directory, "data"),
      runRoot: join(directory, "run"),
      helperPath: join(directory, "none"),
    });
    assert.equal(facts.features, undefined);
    assert.match(facts.bootId, /^[0-9a-f-]{36}$/);
    assert.ok(facts.kernel.major >= 5);
    assert.ok(facts.cpuCount >= 1);
    assert.ok(facts.memoryBytes > 1 << 26);
    assert.match(facts.effectiveCapabilities, /^[0-9a-f]{16}$/);
    assert.match(facts.cgroup.effectiveCpus, /^\d/);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("parseKernelRelease() reads the first two numbers of any distribution's release", () => {
  assert.deepEqual(parseKernelRelease("6.1.0-18-amd64"), { release: "6.1.0-18-amd64", major: 6, minor: 1 });
  assert.deepEqual(parseKernelRelease("7.2-rc1+"), { release: "7.2-rc1+", major: 7, minor: 2 });
  assert.deepEqual(parseKernelRelease("strange"), { release: "strange", major: 0, minor: 0 });
});

test("parseOpenFiles() tells numbers from unlimited", () => {
  const text = (soft: string, hard: string) =>
    `Limit  Soft Limit  Hard Limit  Units\nMax open files            ${soft}   ${hard}   files\n`;
  assert.deepEqual(parseOpenFiles(text("1024", "524288")), { soft: 1024, hard: 524_288 });
  assert.deepEqual(parseOpenFiles(text("1024", "unlimited")), { soft: 1024, hard: Number.POSITIVE_INFINITY });
});
