import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type ImageStore, parseImageRef, parsePlatform } from "../../../src/image/index.ts";
import type { Descriptor } from "../../../src/oci/index.ts";
import { makeImage, type ServedImage, sha256 } from "../../support/faultRegistry.ts";
import { runTool } from "../../support/programs.ts";
import { type RunningRegistry, startRegistry } from "../../support/registry.ts";
import { startUploadRegistry } from "../../support/uploadRegistry.ts";
import { lastDone, outcomes, pushSetting } from "./pushSetting.ts";

let registry: RunningRegistry;
before(async () => {
  registry = await startRegistry();
});
after(() => registry?.stop());

const manifestType = "application/vnd.oci.image.manifest.v1+json";
const indexType = "application/vnd.oci.image.index.v1+json";
const amd64 = parsePlatform("linux/amd64");
const arm64 = parsePlatform("linux/arm64");

const images = {
  amd64: makeImage({ config: { architecture: "amd64" } }),
  arm64: makeImage({ config: { architecture: "arm64" } }),
};
/** An index without the member that says what it is, with an annotation, in an order and a spacing of its own. */
const index = Buffer.from(
  JSON.stringify(
    {
      annotations: { "org.example.note": "carried through" },
      manifests: [describe(images.arm64, arm64), describe(images.amd64, amd64)],
      schemaVersion: 2,
    },
    undefined,
    3,
  ),
);

function manifestOf(image: ServedImage): Buffer {
  const document = image.documents.get("/v2/app/manifests/latest");
  if (document === undefined) throw new Error("an image has a manifest");
  return document.bytes;
}

function describe(image: ServedImage, platform: Descriptor["platform"]): Descriptor {
  const bytes = manifestOf(image);
  return {
    mediaType: manifestType,
    digest: sha256(bytes) as Descriptor["digest"],
    size: bytes.length,
    ...{ platform },
  } as Descriptor;
}

/** Puts images and the index into the store and names the first one. */
async function keep(store: ImageStore, name: string, kept: readonly ServedImage[]): Promise<void> {
  for (const image of kept) {
    for (const { bytes, type } of image.documents.values()) await store.putDocument(bytes, type);
  }
  const { digest } = await store.putDocument(index, indexType);
  const [first = images.amd64] = kept;
  const manifest = describe(first, amd64);
  await store.setTag(parseImageRef(name), { manifest, platform: amd64, indexDigest: digest });
}

const raw = (name: string): Promise<string> =>
  runTool("skopeo", ["inspect", "--raw", "--tls-verify=false", `docker://${name}`]);

test("an index of which every platform is here is pushed with all of them, byte for byte", async (t) => {
  const { store, push } = pushSetting(t);
  const name = `${registry.address}/whole:1`;
  await keep(store, name, [images.amd64, images.arm64]);
  const events = await push(name);
  assert.equal(outcomes(events).length, 4);
  assert.equal(lastDone(events).digest, sha256(index));
  assert.equal(await raw(name), index.toString());
  for (const image of [images.amd64, images.arm64]) {
    const bytes = manifestOf(image);
    assert.equal(await raw(`${registry.address}/whole@${sha256(bytes)}`), bytes.toString());
  }
});

test("an index of which one platform is here goes only where the others are", async (t) => {
  const { store, push } = pushSetting(t);
  const name = `${registry.address}/partly:1`;
  await keep(store, name, [images.amd64]);
  const alone = await push(name);
  assert.equal(lastDone(alone).digest, sha256(manifestOf(images.amd64)));
  assert.match(
    alone.flatMap((event) => (event.kind === "notice" ? [event.message] : [])).join(),
    /only the image for linux\/amd64 is pushed/,
  );

  const full = pushSetting(t);
  await keep(full.store, `${registry.address}/partly:full`, [images.amd64, images.arm64]);
  await full.push(`${registry.address}/partly:full`);
  const other = pushSetting(t);
  await keep(other.store, `${registry.address}/partly:2`, [images.amd64]);
  const events = await other.push(`${registry.address}/partly:2`);
  assert.equal(lastDone(events).digest, sha256(index));
});

test("--platform pushes one image of an index, and refuses a platform that is not here", async (t) => {
  const { store, push, failure } = pushSetting(t);
  const name = `${registry.address}/single:1`;
  await keep(store, name, [images.amd64, images.arm64]);
  const other = await push(name, { platform: arm64 });
  assert.equal(lastDone(other).digest, sha256(manifestOf(images.arm64)));
  const error = await failure(name, { platform: parsePlatform("linux/s390x") });
  assert.equal(error.code, "platformNotFound");
  assert.match(error.message, /was found but does not provide the specified platform \(linux\/s390x\)$/);
});

test("a layer that may not be distributed and is found elsewhere stays behind", async (t) => {
  const target = await startUploadRegistry();
  t.after(() => target.stop());
  const foreign = makeImage({ layerType: "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip" });
  const document = JSON.parse(manifestOf(foreign).toString()) as { layers: object[] };
  const layers = document.layers.map((layer) => ({ ...layer, urls: ["https://elsewhere.example/layer"] }));
  const bytes = Buffer.from(JSON.stringify({ ...document, layers }));
  const { store, push } = pushSetting(t);
  for (const { bytes: each, type } of foreign.documents.values()) await store.putDocument(each, type);
  const manifest = await store.putDocument(bytes, manifestType);
  const name = `${target.address}/foreign:1`;
  await store.setTag(parseImageRef(name), { manifest, platform: amd64 });
  await push(name);
  assert.equal(target.blobs.size, 1);
  assert.ok(!target.blobs.has(sha256(foreign.layer)));
  assert.deepEqual(target.manifests.get("1"), bytes);
});
