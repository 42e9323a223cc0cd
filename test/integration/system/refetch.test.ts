import assert from "node:assert/strict";
import { readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { gzipSync } from "node:zlib";
import { brigOk, createRoot, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import {
  type FaultRegistry,
  makeImage,
  type ServedImage,
  sha256,
  startFaultRegistry,
} from "../../support/faultRegistry.ts";
import { handArchive } from "../../support/handTar.ts";

let root: TestRoot;
let registry: FaultRegistry;
let image: ServedImage;

before(async () => {
  const tar = handArchive([
    { name: "etc/", type: "5", mode: 0o755 },
    { name: "etc/a", content: "hello" },
  ]);
  image = makeImage({ layer: gzipSync(tar), diffId: sha256(tar) });
  root = createRoot();
  registry = await startFaultRegistry(image);
  await brigOk(["pull", "-q", `${registry.address}/app`], { root });
});

after(async () => {
  await registry.stop();
  disposeRoot(root);
});

const requests = () => registry.seen.splice(0).map(({ method, url }) => `${method} ${url}`);

/** The blob behind an address of the registry. */
function blobOf(url: string): string {
  return join(root.root, "images", "blobs", "sha256", url.slice(-64));
}

test("system check --repair fetches what is damaged from where the image came from, and nothing else", async () => {
  const urls = [...image.documents.keys()].filter((url) => !url.endsWith("latest"));
  const manifest = urls.find((url) => url.includes("manifests")) ?? "";
  const config = urls.find((url) => url.includes("blobs") && url !== image.layerPath) ?? "";
  const bytes = readFileSync(blobOf(image.layerPath));
  const damages: readonly (readonly [string, RegExp, () => void, ...string[]])[] = [
    [image.layerPath, /the layer of the image \S+ is missing/, () => rmSync(blobOf(image.layerPath))],
    [image.layerPath, /the layer of the image \S+ has 10 bytes/, () => truncateSync(blobOf(image.layerPath), 10)],
    [
      image.layerPath,
      /the content of the blob is not what its digest/,
      () => writeFileSync(blobOf(image.layerPath), Buffer.concat([bytes.subarray(1), bytes.subarray(0, 1)])),
      "--deep",
    ],
    [config, /the config of the image \S+ is missing/, () => rmSync(blobOf(config))],
    [manifest, /the manifest of the image \S+ has 3 bytes/, () => truncateSync(blobOf(manifest), 3)],
  ];
  for (const [url, sentence, damage, ...flags] of damages) {
    damage();
    requests();
    const found = await runBrig(["system", "check", ...flags], { root });
    assert.equal(found.code, 1);
    assert.match(found.stdout, sentence);
    assert.match(found.stdout, new RegExp(`with --repair brig fetches it again from ${registry.address}`));
    assert.deepEqual(requests(), []);
    const repaired = await runBrig(["system", "check", "--repair", ...flags], { root });
    assert.match(repaired.stdout, /^no fault, \d+ repaired$/m);
    assert.deepEqual(requests(), [`GET ${url}`]);
    await brigOk(["system", "check", "--deep"], { root });
  }
});

test("what cannot be fetched stays a fault that says why", async () => {
  await registry.stop();
  rmSync(blobOf(image.layerPath));
  const { code, stdout } = await runBrig(["system", "check", "--repair"], { root });
  assert.equal(code, 1);
  assert.match(stdout, /brig could not repair it: cannot get the blob/);
  registry = await startFaultRegistry(image);
});
