import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { featureNames } from "../../../src/host/kernelFeatures.ts";
import { type FeatureRequest, probeFeatures } from "../../../src/host/probeFeatures.ts";
import { pureHost } from "../cgroups/hosts.ts";

/** A helper that counts its starts and claims that everything works. */
function withFakeHelper(body: (request: FeatureRequest, starts: () => number) => void): void {
  const directory = mkdtempSync(join(tmpdir(), "brig-probe-"));
  const paths = {
    dataRoot: join(directory, "data"),
    runRoot: join(directory, "run"),
    helperPath: join(directory, "helper"),
  };
  const records = featureNames.map((name) => `feature\\0name=${name}\\0ok=1\\0errno=0\\0\\0`).join("");
  try {
    writeFileSync(paths.helperPath, `#!/bin/sh\necho >>"${directory}/starts"\nprintf '${records}'\n`);
    chmodSync(paths.helperPath, 0o755);
    writeFileSync(join(directory, "starts"), "");
    const starts = () => readFileSync(join(directory, "starts"), "utf8").length;
    body({ paths, bootId: "boot-1", cgroup: pureHost, effectiveUid: 0 }, starts);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test("probeFeatures() starts the helper once a boot", () => {
  withFakeHelper((request, starts) => {
    const first = probeFeatures(request);
    assert.equal(first?.overlayIdmap, true);
    assert.deepEqual(probeFeatures(request), first);
    assert.equal(starts(), 1);
    probeFeatures({ ...request, bootId: "boot-2" });
    assert.equal(starts(), 2);
  });
});

test("probeFeatures() makes a damaged cache anew", () => {
  withFakeHelper((request, starts) => {
    probeFeatures(request);
    const cache = join(request.paths.runRoot, "host.json");
    const whole = readFileSync(cache, "utf8");
    for (const [index, text] of ["", "{", "null", "[]", whole.slice(0, 100), whole.replace("true", "7")].entries()) {
      writeFileSync(cache, text);
      assert.equal(probeFeatures(request)?.idmap, true);
      assert.equal(starts(), index + 2);
    }
  });
});

test("probeFeatures() says nothing for a caller who may not ask", () => {
  withFakeHelper((request, starts) => {
    assert.equal(probeFeatures({ ...request, effectiveUid: 1000 }), undefined);
    assert.equal(probeFeatures({ ...request, paths: { ...request.paths, helperPath: "/no/helper" } }), undefined);
    assert.equal(starts(), 0);
  });
});

test("probeFeatures() names a helper that cannot run", () => {
  withFakeHelper((request) => {
    writeFileSync(request.paths.helperPath, "#!/bin/sh\necho broken >&2\nexit 1\n");
    assert.throws(() => probeFeatures(request), {
      code: "helperMissing",
      message: /cannot probe the kernel with ".*helper": broken/,
    });
  });
});
