import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { featureNames, readFeatureCache, writeFeatureCache } from "../../../src/host/index.ts";
import { pureHost } from "../cgroups/hosts.ts";

const works = Object.fromEntries(featureNames.map((name) => [name, true as const]));

type Known = Parameters<typeof readFeatureCache>[0];

function withCache(body: (known: Known, file: string) => void): void {
  const directory = mkdtempSync(join(tmpdir(), "brig-features-"));
  const paths = {
    dataRoot: join(directory, "data"),
    runRoot: join(directory, "run"),
    helperPath: join(directory, "helper"),
  };
  try {
    writeFileSync(paths.helperPath, "");
    body({ paths, bootId: "boot-1", cgroup: pureHost }, join(paths.runRoot, "host.json"));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test("the answers of a boot are kept in a file that only root can read", () =>
  withCache((known, file) => {
    assert.equal(readFeatureCache(known), undefined);
    writeFeatureCache(known, { ...works, idmap: "EINVAL" });
    assert.deepEqual(readFeatureCache(known), { ...works, idmap: "EINVAL" });
    assert.equal(statSync(file).mode & 0o777, 0o600);
  }));

test("another boot, another helper or another cgroup mount has to be asked anew", () =>
  withCache((known) => {
    writeFeatureCache(known, works);
    assert.equal(readFeatureCache({ ...known, bootId: "boot-2" }), undefined);
    assert.equal(readFeatureCache({ ...known, cgroup: { ...pureHost, mountPoint: "/elsewhere" } }), undefined);
    utimesSync(known.paths.helperPath, 1, 1);
    assert.equal(readFeatureCache(known), undefined);
  }));

test("a damaged file counts as none, and without a helper nothing is kept", () =>
  withCache((known, file) => {
    writeFeatureCache(known, works);
    for (const text of ["", "{", "[]", readFileSync(file, "utf8").replace("true", "1")]) {
      writeFileSync(file, text);
      assert.equal(readFeatureCache(known), undefined, text);
    }
    rmSync(known.paths.helperPath);
    writeFeatureCache(known, works);
    assert.equal(readFeatureCache(known), undefined);
  }));
