import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { test } from "node:test";
import { removeImage } from "../../../../src/image/remove.ts";
import { mediaTypes } from "../../../../src/oci/index.ts";
import { labelled, putNamed, sha256 } from "../storeFixture.ts";
import {
  codeOf,
  hostArchitecture,
  manifestOf,
  nobody,
  pushBlob,
  pushing,
  pushParts,
  putManifest,
  serving,
} from "./serving.ts";

const otherArchitecture = hostArchitecture === "arm64" ? "amd64" : "arm64";
const nothingElse = { force: false, usedBy: () => [], sweepLayers: async () => [] };

test("an image that is pushed is one of the store, unpacked, and comes back as it went", async (t) => {
  const { ask, store, unpacked } = await serving(t, pushing);
  const manifest = await pushParts(ask, "team/app");
  assert.equal((await ask("/v2/team/app/manifests/1")).status, 404);
  const reply = await putManifest(ask, "/v2/team/app/manifests/1", manifest);
  assert.deepEqual(
    [reply.status, reply.headers.location, reply.headers["docker-content-digest"]],
    [201, `/v2/team/app/manifests/${manifest.digest}`, manifest.digest],
  );
  for (const reference of ["1", manifest.digest]) {
    const read = await ask(`/v2/team/app/manifests/${reference}`);
    assert.deepEqual([read.body, read.headers["content-type"]], [manifest.bytes, manifest.mediaType]);
  }
  const image = store.resolve("team/app:1");
  assert.equal(image?.manifestDigest, manifest.digest);
  assert.deepEqual([...unpacked], [sha256("a layer")]);
  assert.deepEqual(JSON.parse((await ask("/v2/team/app/tags/list")).body.toString()).tags, ["1"]);
});

test("media types are kept, and a parameter or a missing header does no harm", async (t) => {
  const { ask } = await serving(t, pushing);
  const docker = await pushParts(ask, "app", { members: { mediaType: mediaTypes.dockerManifest } });
  const headers = [mediaTypes.dockerManifest, `${mediaTypes.dockerManifest}; charset=utf-8`, "application/json", ""];
  for (const [index, type] of headers.entries()) {
    const reply = await putManifest(ask, `/v2/app/manifests/${index}`, { ...docker, mediaType: type });
    assert.equal(reply.status, 201, type);
    const read = await ask(`/v2/app/manifests/${index}`);
    assert.deepEqual([read.headers["content-type"], read.body], [mediaTypes.dockerManifest, docker.bytes]);
  }
});

test("a tag that moves on leaves its image to its digest", async (t) => {
  const { ask } = await serving(t, pushing);
  const [one, other] = [await pushParts(ask, "app"), await pushParts(ask, "app", { layer: Buffer.from("other") })];
  await putManifest(ask, "/v2/app/manifests/1", one);
  await putManifest(ask, "/v2/app/manifests/1", other);
  assert.equal((await ask("/v2/app/manifests/1")).headers["docker-content-digest"], other.digest);
  assert.equal((await ask(`/v2/app/manifests/${one.digest}`)).status, 200);
});

test("what is pushed under a name is found under it, whatever another registry has", async (t) => {
  const { ask, store } = await serving(t, pushing);
  await putNamed(store, "quay.io/team/tool:1", labelled("elsewhere"));
  const manifest = await pushParts(ask, "team/tool");
  await putManifest(ask, "/v2/team/tool/manifests/1", manifest);
  assert.equal((await ask("/v2/team/tool/manifests/1")).headers["docker-content-digest"], manifest.digest);
  assert.notEqual(store.resolve("quay.io/team/tool:1")?.manifestDigest, manifest.digest);
  await putManifest(ask, `/v2/quay.io/team/tool/manifests/1`, manifest);
  assert.notEqual(store.resolve("quay.io/team/tool:1")?.manifestDigest, manifest.digest, "its blobs were never pushed");
});

test("manifests that cannot be pulled whole, or are none, are refused", async (t) => {
  const { ask, store } = await serving(t, pushing);
  const manifest = await pushParts(ask, "app");
  const document = JSON.parse(manifest.bytes.toString());
  const layer = { mediaType: mediaTypes.ociLayer, digest: sha256("nothing"), size: 7 };
  const index = { schemaVersion: 2, mediaType: mediaTypes.ociIndex };
  for (const [what, bad, code] of [
    ["a blob that is not here", { ...document, layers: [layer] }, "MANIFEST_BLOB_UNKNOWN"],
    ["a blob of another size", { ...document, config: { ...document.config, size: 1 } }, "MANIFEST_INVALID"],
    ["a manifest that is an index, too", { ...document, manifests: [] }, "MANIFEST_INVALID"],
    ["no config", { ...document, config: undefined }, "MANIFEST_INVALID"],
    ["schema 1", { ...document, mediaType: mediaTypes.dockerSchema1 }, "MANIFEST_INVALID"],
    ["an index of nothing that is here", { ...index, manifests: [layer] }, "MANIFEST_BLOB_UNKNOWN"],
  ] as const) {
    const reply = await putManifest(ask, "/v2/app/manifests/1", manifestOf(bad));
    assert.equal(codeOf(reply), code, what);
  }
  const wrongType = { ...manifest, mediaType: mediaTypes.dockerManifest };
  assert.equal(codeOf(await putManifest(ask, "/v2/app/manifests/1", wrongType)), "MANIFEST_INVALID");
  assert.equal(
    codeOf(await putManifest(ask, "/v2/app/manifests/1", { ...manifest, mediaType: "text/plain" })),
    "MANIFEST_INVALID",
  );
  assert.equal(codeOf(await putManifest(ask, `/v2/app/manifests/${sha256("x")}`, manifest)), "DIGEST_INVALID");
  const huge = { bytes: Buffer.alloc((4 << 20) + 1, " "), mediaType: mediaTypes.ociManifest };
  const reply = await putManifest(ask, "/v2/app/manifests/1", huge);
  assert.deepEqual([reply.status, codeOf(reply)], [413, "SIZE_INVALID"]);
  assert.deepEqual(store.list(), []);
});

test("a blob that was pushed to another repository does not count", async (t) => {
  const { ask } = await serving(t, pushing);
  const manifest = await pushParts(ask, "one");
  assert.equal(codeOf(await putManifest(ask, "/v2/other/manifests/1", manifest)), "MANIFEST_BLOB_UNKNOWN");
});

test("an index is pushed with all its images, runs as the one of this machine, and stays whole", async (t) => {
  const { ask, store, unpacked } = await serving(t, { push: { ...pushing.push, quietMs: 1 } });
  const parts = [];
  for (const architecture of [hostArchitecture, otherArchitecture]) {
    const layer = Buffer.from(`layer of ${architecture}`);
    const { bytes, ...descriptor } = await pushParts(ask, "app", { architecture, layer });
    await putManifest(ask, `/v2/app/manifests/${descriptor.digest}`, { bytes, mediaType: descriptor.mediaType });
    parts.push({ ...descriptor, platform: { os: "linux", architecture } });
  }
  const index = manifestOf({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: parts });
  const wrong = manifestOf({ ...index, bytes: undefined, schemaVersion: 2, manifests: [{ ...parts[0], size: 1 }] });
  assert.equal(codeOf(await putManifest(ask, "/v2/app/manifests/1", wrong)), "MANIFEST_INVALID");
  await putManifest(ask, "/v2/app/manifests/1", index);
  assert.deepEqual([...unpacked], [sha256(`layer of ${hostArchitecture}`)]);
  const image = store.resolve("app:1");
  assert.deepEqual([image?.manifestDigest, image?.digests[0]?.digest], [parts[0]?.digest, index.digest]);
  assert.equal(store.list().length, 1);

  const keeper = { sweepLayers: async () => [] };
  let swept = await store.collectGarbage(keeper);
  while (swept.postponed) swept = await store.collectGarbage(keeper);
  assert.deepEqual(swept.blobs, []);
  assert.deepEqual((await ask("/v2/app/manifests/1")).body, index.bytes);
  for (const { digest } of parts) assert.equal((await ask(`/v2/app/manifests/${digest}`)).status, 200);
  assert.equal((await ask(`/v2/app/blobs/${sha256(`layer of ${otherArchitecture}`)}`)).status, 200);

  await removeImage(store, "app:1", nothingElse);
  assert.equal((await ask("/v2/app/manifests/1")).status, 404);
  assert.deepEqual((await store.collectGarbage(keeper)).blobs, []);
});

test("what is no image of this machine is kept and served, and does not show", async (t) => {
  const { ask, store, unpacked } = await serving(t, { push: { ...pushing.push, quietMs: 1 } });
  const empty = Buffer.from("{}");
  await pushBlob(ask, "chart", empty);
  const config = { mediaType: "application/vnd.oci.empty.v1+json", digest: sha256(empty), size: 2 };
  const chart = manifestOf({ schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers: [config] });
  const odd = [
    chart,
    await pushParts(ask, "chart", { config: { os: "windows" } }),
    await pushParts(ask, "chart", { config: { rootfs: { type: "layers", diff_ids: [] } } }),
    await pushParts(ask, "chart", { config: { rootfs: "none" } }),
    await pushParts(ask, "chart", { config: { rootfs: { type: "layers", diff_ids: [sha256("lies")] } } }),
    manifestOf({ schemaVersion: 2, mediaType: mediaTypes.ociIndex }),
  ];
  for (const [tag, manifest] of odd.entries()) {
    assert.equal((await putManifest(ask, `/v2/chart/manifests/t${tag}`, manifest)).status, 201, `${tag}`);
  }
  assert.deepEqual([store.survey().images, store.survey().damaged, [...unpacked]], [[], [], []]);
  assert.equal(store.resolve("chart:t0"), undefined);
  let swept = await store.collectGarbage({ sweepLayers: async () => [] });
  while (swept.postponed) swept = await store.collectGarbage({ sweepLayers: async () => [] });
  assert.deepEqual(swept.blobs, []);
  for (const [tag, { bytes }] of odd.entries()) {
    assert.deepEqual((await ask(`/v2/chart/manifests/t${tag}`)).body, bytes);
  }
});

test("referrers are listed by subject and type, before and after the subject is there", async (t) => {
  const { ask } = await serving(t, pushing);
  const image = await pushParts(ask, "app");
  const subject = { mediaType: image.mediaType, digest: image.digest, size: image.size };
  const empty = Buffer.from("{}");
  await pushBlob(ask, "app", empty);
  const config = { mediaType: "application/vnd.oci.empty.v1+json", digest: sha256(empty), size: 2 };
  const signature = (artifactType: string | undefined) =>
    manifestOf({
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      artifactType,
      config,
      layers: [config],
      subject,
      annotations: { who: "me" },
    });
  const [typed, untyped] = [signature("a/signature"), signature(undefined)];
  for (const each of [typed, untyped]) {
    const reply = await putManifest(ask, `/v2/app/manifests/${each.digest}`, each);
    assert.deepEqual([reply.status, reply.headers["oci-subject"]], [201, image.digest]);
  }
  await putManifest(ask, "/v2/app/manifests/1", image);
  const list = async (query: string) => {
    const { body, headers, status } = await ask(`/v2/app/referrers/${image.digest}${query}`);
    assert.deepEqual([status, headers["content-type"]], [200, mediaTypes.ociIndex]);
    return { types: JSON.parse(body.toString()).manifests, filters: headers["oci-filters-applied"] };
  };
  const all = await list("");
  assert.deepEqual(
    all.types.map(({ artifactType }: { artifactType: string }) => artifactType),
    ["a/signature", config.mediaType],
  );
  assert.deepEqual(all.types[0], {
    mediaType: typed.mediaType,
    digest: typed.digest,
    size: typed.size,
    artifactType: "a/signature",
    annotations: { who: "me" },
  });
  const filtered = await list("?artifactType=a/signature");
  assert.deepEqual([filtered.types.length, filtered.filters], [1, "artifactType"]);
  const none = await ask(`/v2/app/referrers/${sha256("x")}`);
  assert.deepEqual([none.status, JSON.parse(none.body.toString()).manifests], [200, []]);
  assert.equal(codeOf(await ask("/v2/app/referrers/x")), "DIGEST_INVALID");
});

test("tags, manifests and blobs are deleted where that is allowed", async (t) => {
  const swept: string[] = [];
  const remove = { ...nobody, sweep: async () => void swept.push("sweep") };
  const { ask, store } = await serving(t, { push: { ...pushing.push, quietMs: 1 }, remove });
  const manifest = await pushParts(ask, "app");
  await putManifest(ask, "/v2/app/manifests/1", manifest);
  await putManifest(ask, "/v2/app/manifests/2", manifest);
  const remover = (path: string) => ask(path, { method: "DELETE" });
  assert.equal(codeOf(await remover(`/v2/app/blobs/${sha256("a layer")}`)), "DENIED");
  assert.equal((await remover("/v2/app/manifests/1")).status, 202);
  assert.equal((await ask("/v2/app/manifests/1")).status, 404);
  assert.equal((await ask("/v2/app/manifests/2")).status, 200);
  assert.equal((await remover("/v2/app/manifests/2")).status, 202);
  assert.equal((await ask(`/v2/app/manifests/${manifest.digest}`)).status, 200, "a tag is not its manifest");
  assert.equal((await remover(`/v2/app/manifests/${manifest.digest}`)).status, 202);
  assert.equal((await ask(`/v2/app/manifests/${manifest.digest}`)).status, 404);
  assert.equal((await remover(`/v2/app/manifests/${manifest.digest}`)).status, 404);
  assert.equal((await remover(`/v2/app/blobs/${sha256("a layer")}`)).status, 202);
  assert.equal((await ask(`/v2/app/blobs/${sha256("a layer")}`)).status, 404);
  assert.deepEqual(store.list(), []);
});

test("what an index or a container needs is not deleted", async (t) => {
  const remove = { ...nobody, usedBy: async () => [{ id: "1", name: "web", running: true }] };
  const { ask } = await serving(t, { ...pushing, remove });
  const { bytes, ...part } = await pushParts(ask, "app");
  await putManifest(ask, `/v2/app/manifests/${part.digest}`, { ...part, bytes });
  const index = manifestOf({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [part] });
  await putManifest(ask, "/v2/app/manifests/1", index);
  for (const [digest, reason] of [
    [part.digest, /an index/],
    [index.digest, /container web/],
  ] as const) {
    const reply = await ask(`/v2/app/manifests/${digest}`, { method: "DELETE" });
    assert.equal(codeOf(reply), "DENIED");
    assert.match(reply.body.toString(), reason);
  }
  assert.equal((await ask("/v2/app/manifests/1")).status, 200);
});

test("a damaged blob is healed by a push", async (t) => {
  const { ask, store } = await serving(t, pushing);
  const manifest = await pushParts(ask, "app");
  await putManifest(ask, "/v2/app/manifests/1", manifest);
  rmSync(store.blobPath(sha256("a layer")));
  assert.equal((await ask(`/v2/app/blobs/${sha256("a layer")}`, { method: "HEAD" })).status, 404);
  await pushParts(ask, "app");
  assert.equal((await ask(`/v2/app/blobs/${sha256("a layer")}`)).body.toString(), "a layer");
});
