import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { forecastPrune } from "../../../../src/image/prune/forecastPrune.ts";
import { type ImagePruning, pruneImages } from "../../../../src/image/prune/pruneImages.ts";
import { parseImageRef } from "../../../../src/image/reference.ts";
import type { DiffId } from "../../../../src/oci/index.ts";
import { amd64, labelled, putNamed, sha256, temporaryStore } from "../storeFixture.ts";

const everything: ImagePruning = {
  all: true,
  sparedBy: () => undefined,
  usedBy: () => [],
  sweepLayers: async () => [],
};
const user = { id: "c0ffee", name: "web", running: true };

test("pruneImages() takes all names of an image, what only it needs, and counts blobs and layers", async (t) => {
  const store = temporaryStore(t);
  const [shared, own] = [Buffer.from("shared"), Buffer.from("own")];
  const kept = await putNamed(store, "kept:1", { layers: [shared], ...labelled("kept") });
  const gone = await putNamed(store, "gone:1", { layers: [shared, own] });
  await store.setTag(parseImageRef("gone:2"), { manifest: gone.manifest, platform: amd64 });
  const before = await forecastPrune(store, { ...everything, usedBy: (id) => (id === kept.id ? [user] : []) });
  const pruned = await pruneImages(store, {
    ...everything,
    usedBy: (id) => (id === kept.id ? [user] : []),
    sweepLayers: async (keep) => {
      assert.deepEqual([...keep], [sha256(shared)]);
      return [{ diffId: sha256(own) as DiffId, bytes: 1000 }];
    },
  });
  assert.deepEqual(
    pruned.images.map(({ deleted }) => deleted),
    [[gone.id]],
  );
  assert.deepEqual(pruned.images[0]?.untagged.slice(0, 2), ["gone:1", "gone:2"]);
  assert.equal(pruned.postponed, false);
  const forecast = before.blobs.filter(({ keptFor }) => keptFor.length === 0);
  assert.equal(pruned.reclaimedBytes, 1000 + forecast.reduce((sum, { bytes }) => sum + bytes, 0));
  for (const { digest } of forecast) assert.equal(existsSync(store.blobPath(digest)), false);
  assert.deepEqual(
    store.list().map(({ id }) => id),
    [kept.id],
  );
});

test("forecastPrune() names who keeps each blob and layer, and changes nothing", async (t) => {
  const store = temporaryStore(t);
  const layer = Buffer.from("layer");
  const one = await putNamed(store, "one:1", { layers: [layer], ...labelled("one") });
  await putNamed(store, "two:1", { layers: [layer], ...labelled("two") });
  const forecast = await forecastPrune(store, { ...everything, all: false });
  const blob = forecast.blobs.find(({ digest }) => digest === sha256(layer));
  assert.deepEqual(blob, { digest: sha256(layer), bytes: 5, keptFor: ["one:1", "two:1"] });
  assert.deepEqual([...forecast.layers], [[sha256(layer), ["one:1", "two:1"]]]);
  assert.deepEqual(forecast.blobs.find(({ digest }) => digest === one.id)?.keptFor, ["one:1"]);
  assert.equal(store.list().length, 2);
});

test("pruneImages() gives an image back that a container began to use meanwhile", async (t) => {
  const store = temporaryStore(t);
  const image = await putNamed(store, "app:1", { layers: [Buffer.from("app")] });
  let asked = 0;
  const pruned = await pruneImages(store, {
    ...everything,
    usedBy: () => {
      asked += 1;
      return asked === 1 ? [] : [user];
    },
  });
  assert.deepEqual(pruned.images, []);
  assert.equal(store.resolve("app:1")?.id, image.id);
  assert.ok(existsSync(store.blobPath(sha256("app"))));
});

test("pruneImages() takes names while a pull is under way and leaves every blob", async (t) => {
  const store = temporaryStore(t);
  await putNamed(store, "app:1", { layers: [Buffer.from("app")] });
  const pull = await store.holdOffSweeps();
  const pruned = await pruneImages(store, everything);
  assert.equal(pruned.postponed, true);
  assert.equal(pruned.reclaimedBytes, 0);
  assert.deepEqual(store.list(), []);
  assert.ok(existsSync(store.blobPath(sha256("app"))));
  pull.release();
  assert.ok((await pruneImages(store, everything)).reclaimedBytes > 0);
});
