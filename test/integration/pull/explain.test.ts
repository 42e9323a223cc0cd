import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { brigOk, createRoot, disposeRoot, type TestRoot } from "../../support/brig.ts";
import { multiLayerLayout, pushLayout } from "../../support/fixtures.ts";
import { type RunningRegistry, startRegistry } from "../../support/registry.ts";

let root: TestRoot;
let registry: RunningRegistry;
let image: string;

before(async () => {
  root = createRoot();
  registry = await startRegistry();
  image = `${registry.address}/multi:latest`;
  await pushLayout(await multiLayerLayout(), { tag: "latest", to: image });
});

after(async () => {
  await registry.stop();
  disposeRoot(root);
});

test("pull --explain tells each request, the choice, the checks and what layers waited for", async () => {
  const { stdout } = await brigOk(["pull", "--explain", "--format", "json", image], { root });
  const traces = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const of = (about: string) => traces.filter((trace) => trace.about === about);
  assert.equal(of("platform").length, 1);
  assert.equal(of("document").length, 2);
  const layers = of("layer");
  assert.equal(layers.length, 3);
  for (const { digest, unpackedBytes, packedBytes, totalMs, inflateMs, hashMs, writeMs } of layers) {
    assert.ok(unpackedBytes > packedBytes && inflateMs + hashMs + writeMs <= totalMs);
    const asked = of("request").filter(({ url }) => url === `${registry.url}/v2/multi/blobs/${digest}`);
    assert.deepEqual(
      asked.map(({ method, status }) => [method, status]),
      [["GET", 200]],
    );
  }
  const again = (await brigOk(["pull", "--explain", image], { root })).stdout;
  assert.match(again, /^request {3}HEAD http:\S+\/v2\/multi\/manifests\/latest {2}200 {2}\d/m);
  assert.match(again, /^platform {2}linux\/\S+ for linux\/\S+, one variant only: sha256:/m);
  assert.doesNotMatch(again, /^layer|GET/m);
  assert.match(again, /Image is up to date/);
});
