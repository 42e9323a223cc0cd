import assert from "node:assert/strict";
import { test } from "node:test";
import { type PruneRules, planPrune } from "../../../../src/image/prune/planPrune.ts";
import { putImage, putNamed, temporaryStore } from "../storeFixture.ts";

const rules: PruneRules = { all: false, sparedBy: () => undefined, usedBy: () => [] };
const container = (name: string) => ({ id: "c0ffee".padEnd(64, "0"), name, running: false });

test("planPrune() says of each image whether it goes, and why", async (t) => {
  const store = temporaryStore(t);
  const named = await putNamed(store, "app:1", { layers: [Buffer.from("app")] });
  const dangling = await putImage(store, { layers: [Buffer.from("dangling")] });
  const used = await putImage(store, { layers: [Buffer.from("used")] });
  await store.changeIndex((entries) => ({
    entries: [
      ...entries,
      ...[dangling, used].map(({ manifest, id }) => ({ manifest, imageId: id, foreign: {}, foreignAnnotations: {} })),
    ],
    result: undefined,
  }));
  const usedBy = (id: string) => (id === used.id ? [container("web"), container("")] : []);
  const reasons = (more: Partial<PruneRules>) =>
    planPrune(store.list(), { ...rules, usedBy, ...more }).map(({ image, goes, reason }) => [image.id, goes, reason]);
  assert.deepEqual(reasons({}), [
    [named.id, false, "the tag app:1 names it"],
    [dangling.id, true, "no container uses it and no tag names it"],
    [used.id, false, "the container web (and 1 more) uses it"],
  ]);
  assert.deepEqual(reasons({ all: true })[0], [named.id, true, "no container uses it"]);
  assert.deepEqual(reasons({ all: true, sparedBy: () => "it is too young" })[1], [
    dangling.id,
    false,
    "it is too young",
  ]);
});
