import assert from "node:assert/strict";
import { test } from "node:test";
import { historyOf } from "../../../src/image/history.ts";
import { putNamed, sha256, temporaryStore } from "./storeFixture.ts";

const [base, top] = [Buffer.from("base"), Buffer.from("another")];

async function historyWith(t: Parameters<typeof temporaryStore>[0], history: readonly object[]) {
  const store = temporaryStore(t);
  await putNamed(store, "app:1", { layers: [base, top], members: { history } });
  const image = store.resolve("app:1");
  assert.ok(image !== undefined);
  return { image, items: historyOf(image, { layerSize: (diffId) => (diffId === sha256(base) ? 1000 : undefined) }) };
}

test("historyOf() begins with the image itself and gives each step the size of its layer", async (t) => {
  const { image, items } = await historyWith(t, [
    { created: "2024-01-01T00:00:00Z", created_by: "ADD base /" },
    { created_by: "ENV A=1", empty_layer: true, comment: "why" },
    { created_by: "COPY x y" },
  ]);
  const [id, tags] = [image.id, ["app:1"]];
  const made = Date.parse("2024-01-01T00:00:00Z");
  assert.deepEqual(items, [
    { id, tags, createdMs: undefined, createdBy: "COPY x y", sizeBytes: top.length, comment: "" },
    { tags: [], createdMs: undefined, createdBy: "ENV A=1", sizeBytes: 0, comment: "why" },
    { tags: [], createdMs: made, createdBy: "ADD base /", sizeBytes: 1000, comment: "" },
  ]);
});

test("historyOf() shows layers that the history does not speak of", async (t) => {
  const { items } = await historyWith(t, [{ created_by: "one" }]);
  assert.deepEqual(
    items.map(({ createdBy, sizeBytes }) => [createdBy, sizeBytes]),
    [
      ["", top.length],
      ["one", 1000],
    ],
  );
});

test("historyOf() survives a history of more layers than there are", async (t) => {
  const { items } = await historyWith(t, [{}, {}, { created_by: "too many" }]);
  assert.deepEqual(
    items.map(({ sizeBytes }) => sizeBytes),
    [0, top.length, 1000],
  );
});
