import assert from "node:assert/strict";
import { existsSync, readdirSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { acquireLock } from "../../../src/base/index.ts";
import { parseImageRef } from "../../../src/image/reference.ts";
import { mediaTypes } from "../../../src/oci/index.ts";
import { amd64, labelled, putBlob, putImage, putNamed, sha256, temporaryStore } from "./storeFixture.ts";

const keeper = { sweepLayers: async () => [] };
const unused = (): never => assert.fail("layers were swept");

test("collectGarbage() of a store that does not exist does nothing", async (t) => {
  const store = temporaryStore(t);
  assert.deepEqual(await store.collectGarbage(keeper), { postponed: false, blobs: [], layers: [], bytes: 0 });
  assert.equal(existsSync(store.directory), false);
});

test("collectGarbage() removes what no image needs and says how much it was", async (t) => {
  const store = temporaryStore(t);
  const kept = await putNamed(store, "kept", { layers: [Buffer.from("kept")] });
  const garbage = await putBlob(store, Buffer.from("garbage"), mediaTypes.ociLayer);
  const { blobs, bytes } = await store.collectGarbage(keeper);
  assert.deepEqual(blobs, [garbage.digest]);
  assert.equal(bytes, 7);
  for (const digest of [kept.id, kept.manifest.digest, sha256("kept")]) assert.ok(existsSync(store.blobPath(digest)));
});

test("collectGarbage() leaves everything alone while a pull holds sweeps off", async (t) => {
  const store = temporaryStore(t);
  const pull = await store.holdOffSweeps();
  const { manifest } = await putImage(store);
  assert.equal((await store.collectGarbage({ sweepLayers: unused })).postponed, true);
  await store.setTag(parseImageRef("app"), { manifest, platform: amd64 });
  pull.release();
  assert.deepEqual((await store.collectGarbage(keeper)).blobs, []);
});

test("collectGarbage() removes nothing when it cannot see what is in use", async (t) => {
  const store = temporaryStore(t);
  const { manifest } = await putNamed(store, "bad");
  const garbage = await putBlob(store, Buffer.from("garbage"), mediaTypes.ociLayer);
  truncateSync(store.blobPath(manifest.digest), 3);
  await assert.rejects(store.collectGarbage({ sweepLayers: unused }), { code: "storeCorrupt" });
  assert.ok(existsSync(store.blobPath(garbage.digest)));
});

test("collectGarbage() follows an index that another tool put into the layout", async (t) => {
  const store = temporaryStore(t);
  const { manifest, id } = await putImage(store);
  const index = await store.putDocument(
    Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [manifest] })),
    mediaTypes.ociIndex,
  );
  await store.changeIndex(() => ({
    entries: [{ manifest: index, foreign: {}, foreignAnnotations: {} }],
    result: undefined,
  }));
  assert.deepEqual((await store.collectGarbage(keeper)).blobs, []);
  assert.ok(existsSync(store.blobPath(id)));
  assert.deepEqual(store.list(), []);
});

test("collectGarbage() keeps the registry's index of a tag", async (t) => {
  const store = temporaryStore(t);
  const { manifest } = await putImage(store);
  const index = await store.putDocument(Buffer.from('{"schemaVersion":2,"manifests":[]}'), mediaTypes.ociIndex);
  await store.setTag(parseImageRef("app"), { manifest, platform: amd64, indexDigest: index.digest });
  assert.deepEqual((await store.collectGarbage(keeper)).blobs, []);
});

test("collectGarbage() clears unfinished documents, keeps a young partial blob and gives up an old one", async (t) => {
  const store = temporaryStore(t);
  await putNamed(store, "app", labelled("app"));
  const partials = join(store.directory, "partial");
  writeFileSync(join(partials, "0123.abcdef.tmp"), "x");
  writeFileSync(join(store.directory, "index.json.abcdef.tmp"), "x");
  for (const name of ["sha256-young", "sha256-old", "sha256-old-but-busy"]) writeFileSync(join(partials, name), "x");
  const old = Date.now() / 1000 - 8 * 24 * 3600;
  for (const name of ["sha256-old", "sha256-old-but-busy"]) utimesSync(join(partials, name), old, old);
  const download = await acquireLock(join(partials, "sha256-old-but-busy"), { mode: "exclusive" });
  await store.collectGarbage(keeper);
  download?.release();
  assert.deepEqual(readdirSync(partials).sort(), ["sha256-old-but-busy", "sha256-young"]);
  assert.equal(existsSync(join(store.directory, "index.json.abcdef.tmp")), false);
});
