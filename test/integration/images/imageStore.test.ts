import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import {
  type ImageStore,
  type LayerSink,
  openImageStore,
  parseImageRef,
  pullImage,
  type RegistryServer,
  removeImage,
  serveRegistry,
} from "../../../src/image/index.ts";
import { isDigest, mediaTypes, parseDigest, parseManifest } from "../../../src/oci/index.ts";
import { busyboxLayout, multiLayerLayout } from "../../support/fixtures.ts";
import { runTool } from "../../support/programs.ts";

function scratchDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), "brig-images-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Brings the image of another tool's layout into the store, through the calls that a pull makes. */
async function bringIn(
  store: ImageStore,
  { layout, tag, name }: { layout: string; tag: string; name: string },
): Promise<void> {
  const blob = (digest: string) => readFileSync(join(layout, "blobs", ...digest.split(":")));
  const index = JSON.parse(readFileSync(join(layout, "index.json"), "utf8"));
  const found = index.manifests.find(
    (entry: { annotations?: Record<string, string> }) =>
      entry.annotations?.["org.opencontainers.image.ref.name"] === tag,
  );
  const manifest = parseManifest(blob(found.digest), mediaTypes.ociManifest);
  for (const layer of manifest.layers) {
    const partial = await store.openPartial(layer);
    if (!partial.complete) {
      await partial.append(blob(layer.digest));
      await partial.finish();
    }
    await partial.release();
  }
  await store.putDocument(blob(manifest.config.digest), manifest.config.mediaType);
  const descriptor = await store.putDocument(blob(found.digest), mediaTypes.ociManifest);
  await store.setTag(parseImageRef(name), { manifest: descriptor, platform: { os: "linux", architecture: "amd64" } });
}

async function filledStore(t: TestContext): Promise<ImageStore> {
  const store = openImageStore(join(scratchDirectory(t), "images"));
  await bringIn(store, { layout: await busyboxLayout(), tag: "entry", name: "busybox:1.36" });
  await bringIn(store, {
    layout: await multiLayerLayout(),
    tag: "latest",
    name: "registry.example.com:5000/team/multi",
  });
  return store;
}

const references = ["docker.io/library/busybox:1.36", "registry.example.com:5000/team/multi:latest"];

test("skopeo inspects the images of the store by their references", async (t) => {
  const store = await filledStore(t);
  for (const reference of references) {
    const image = store.resolve(reference);
    const inspected = JSON.parse(await runTool("skopeo", ["inspect", `oci:${store.directory}:${reference}`]));
    assert.equal(inspected.Digest, image?.manifestDigest);
    assert.deepEqual(
      inspected.Layers,
      image?.manifest.layers.map(({ digest }) => digest),
    );
  }
});

test("skopeo copies an image out of the store unchanged", async (t) => {
  const store = await filledStore(t);
  const target = join(scratchDirectory(t), "copy");
  for (const reference of references) {
    await runTool("skopeo", [
      "--insecure-policy",
      "copy",
      "-q",
      `oci:${store.directory}:${reference}`,
      `dir:${target}`,
    ]);
    const manifest = readFileSync(join(target, "manifest.json"));
    const digest = `sha256:${createHash("sha256").update(manifest).digest("hex")}`;
    assert.equal(digest, store.resolve(reference)?.manifestDigest);
    rmSync(target, { recursive: true });
  }
});

test("umoci unpacks an image of the store", async (t) => {
  const store = await filledStore(t);
  const bundle = join(scratchDirectory(t), "bundle");
  await runTool("umoci", ["unpack", "--image", `${store.directory}:${references[0]}`, bundle]);
  assert.ok(existsSync(join(bundle, "rootfs/bin/busybox")));
  const spec = JSON.parse(readFileSync(join(bundle, "config.json"), "utf8"));
  assert.deepEqual(spec.process.args, ["echo", "hello", "world"]);
});

test("an image that skopeo copied into the store is one of ours, and goes like any other", async (t) => {
  const store = await filledStore(t);
  const source = `oci:${await busyboxLayout()}:user`;
  await runTool("skopeo", [
    "--insecure-policy",
    "copy",
    "-q",
    source,
    `oci:${store.directory}:docker.io/library/copied:1`,
  ]);
  const image = store.resolve("copied:1");
  assert.equal(image?.config.config.User, "app");
  assert.equal(store.resolve(image?.id.slice(7, 19) ?? "")?.id, image?.id);
  const nothingElse = { force: false, usedBy: () => [], sweepLayers: async () => [] };
  assert.deepEqual(await removeImage(store, "copied:1", nothingElse), { untagged: ["copied:1"], deleted: [image?.id] });
  for (const reference of references) await runTool("skopeo", ["inspect", `oci:${store.directory}:${reference}`]);
});

test("after every image is removed not one blob is left, and skopeo still reads the empty layout", async (t) => {
  const store = await filledStore(t);
  for (const reference of references) {
    await removeImage(store, reference, { force: false, usedBy: () => [], sweepLayers: async () => [] });
  }
  assert.deepEqual(readdirSync(join(store.directory, "blobs/sha256")), []);
  await assert.rejects(
    runTool("skopeo", ["inspect", `oci:${store.directory}:${references[0]}`]),
    /no descriptor found/,
  );
});

async function serving(t: TestContext): Promise<{ store: ImageStore; server: RegistryServer }> {
  const store = await filledStore(t);
  const server = await serveRegistry(store, { host: "127.0.0.1", port: 0 });
  t.after(() => server.close());
  return { store, server };
}

test("skopeo copies, inspects and lists what the embedded registry serves", async (t) => {
  const { store, server } = await serving(t);
  const address = `${server.host}:${server.port}`;
  const target = join(scratchDirectory(t), "copy");
  const source = `docker://${address}/team/multi:latest`;
  await runTool("skopeo", ["--insecure-policy", "copy", "-q", "--src-tls-verify=false", source, `oci:${target}:multi`]);
  const copied = JSON.parse(await runTool("skopeo", ["inspect", `oci:${target}:multi`]));
  assert.equal(copied.Digest, store.resolve(references[1] ?? "")?.manifestDigest);
  const inspected = await runTool("skopeo", ["inspect", "--tls-verify=false", `docker://${address}/busybox:1.36`]);
  assert.deepEqual(JSON.parse(inspected).RepoTags, ["1.36"]);
  const tags = await runTool("skopeo", ["list-tags", "--tls-verify=false", `docker://${address}/library/busybox`]);
  assert.deepEqual(JSON.parse(tags).Tags, ["1.36"]);
});

/** Takes layers in and only counts their bytes. */
function countingSink(): LayerSink & { bytes: number } {
  const sink = {
    bytes: 0,
    has: async () => false,
    begin: async () => ({
      write: (chunk: Uint8Array) => {
        sink.bytes += chunk.length;
        return undefined;
      },
      finish: async () => undefined,
      commit: async () => undefined,
      abort: async () => undefined,
    }),
  };
  return sink;
}

test("our own pull brings an image from our own registry, and goes on with a part that is there already", async (t) => {
  const { store: source, server } = await serving(t);
  const image = source.resolve("busybox:1.36");
  const layer = image?.manifest.layers[0];
  assert.ok(image !== undefined && layer !== undefined);
  const target = openImageStore(join(scratchDirectory(t), "images"));
  const half = readFileSync(source.blobPath(layer.digest)).subarray(0, Math.floor(layer.size / 2));
  const partial = await target.openPartial(layer);
  await partial.append(half);
  await partial.release();

  const layers = countingSink();
  const downloads: number[] = [];
  const reference = parseImageRef(`${server.host}:${server.port}/busybox:1.36`);
  for await (const event of pullImage({
    reference,
    platform: { os: "linux", architecture: image.config.architecture },
    store: target,
    layers,
  })) {
    if (event.kind === "layer" && event.phase === "downloading") downloads.push(event.current);
  }
  assert.ok((downloads[0] ?? 0) >= half.length, "the download began again from nothing");
  assert.equal(target.resolve(`${server.host}:${server.port}/busybox:1.36`)?.id, image.id);
  assert.ok(layers.bytes >= layer.size);
  for (const digest of [image.id, image.manifestDigest, layer.digest].map(parseDigest)) {
    assert.deepEqual(readFileSync(target.blobPath(digest)), readFileSync(source.blobPath(digest)));
  }
});

test("every file of the store's blobs is named after what is in it", async (t) => {
  const store = await filledStore(t);
  const names = readdirSync(join(store.directory, "blobs/sha256"));
  assert.ok(names.length >= 6);
  for (const name of names) {
    assert.ok(isDigest(`sha256:${name}`));
    const bytes = readFileSync(join(store.directory, "blobs/sha256", name));
    assert.equal(createHash("sha256").update(bytes).digest("hex"), name);
  }
});
