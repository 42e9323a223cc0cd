import assert from "node:assert/strict";
import { test } from "node:test";
import { treeOfImages } from "../../../src/image/imageTree.ts";
import { labelled, putNamed, sha256, temporaryStore } from "./storeFixture.ts";

test("treeOfImages() tells what other images have too, and what is not unpacked by its packed size", async (t) => {
  const store = temporaryStore(t);
  const [base, own] = [Buffer.from("base"), Buffer.from("own layer")];
  await putNamed(store, "base:1", { layers: [base], ...labelled("base") });
  await putNamed(store, "app:1", { layers: [base, own] });
  const layerSize = (diffId: string) => (diffId === sha256(base) ? 100 : undefined);
  const trees = treeOfImages(store.list(), { layerSize });
  const sizes = trees.map(({ names, sizeBytes, sharedBytes, uniqueBytes }) => [
    names[0],
    sizeBytes,
    sharedBytes,
    uniqueBytes,
  ]);
  assert.deepEqual(sizes, [
    ["base:1", 100, 100, 0],
    ["app:1", 109, 100, 9],
  ]);
  assert.deepEqual(trees[1]?.layers, [
    { diffId: sha256(base), digest: sha256(base), packedBytes: 4, unpackedBytes: 100, sharedWith: ["base:1"] },
    { diffId: sha256(own), digest: sha256(own), packedBytes: 9, sharedWith: [] },
  ]);
});
