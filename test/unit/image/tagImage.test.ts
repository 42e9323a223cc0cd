import assert from "node:assert/strict";
import { test } from "node:test";
import { parseImageRef } from "../../../src/image/reference.ts";
import type { ImageStore } from "../../../src/image/store.ts";
import { tagImage } from "../../../src/image/tagImage.ts";
import { amd64, labelled, putImage, putNamed, temporaryStore } from "./storeFixture.ts";

const namesOf = (store: ImageStore, id: string) =>
  store.resolve(id)?.tags.map(({ repository, tag }) => [repository, tag]);

test("tagImage() adds a name to an image found by name, digest or short id, and is idempotent", async (t) => {
  const store = temporaryStore(t);
  const { id, manifest } = await putNamed(store, "app:1", labelled("x"));
  assert.equal(
    (await tagImage(store, { source: "app:1", target: "localhost:5000/team/app" })).name,
    "localhost:5000/team/app:latest",
  );
  await tagImage(store, { source: id.slice("sha256:".length, 19), target: "app:2" });
  await tagImage(store, { source: `app@${manifest.digest}`, target: "app:2" });
  assert.deepEqual(namesOf(store, id), [
    ["library/app", "1"],
    ["team/app", "latest"],
    ["library/app", "2"],
  ]);
  assert.deepEqual(
    store.resolve(id)?.digests.map(({ registry }) => registry),
    ["docker.io"],
    "no registry has said that it has the image under the other name",
  );
});

test("tagImage() takes a name away from the image that had it, which dangles then", async (t) => {
  const store = temporaryStore(t);
  const one = await putImage(store, labelled("one"));
  await store.setTag(parseImageRef("app:1"), { manifest: one.manifest, platform: amd64, origin: "local" });
  const other = await putNamed(store, "app:2", labelled("other"));
  await tagImage(store, { source: "app:2", target: "app:1" });
  assert.equal(store.resolve("app:1")?.id, other.id);
  const left = store.resolve(one.id);
  assert.deepEqual([left?.tags, left?.digests], [[], []]);
});

test("tagImage() gives a nameless image its first name and leaves no second entry", async (t) => {
  const store = temporaryStore(t);
  const { id, manifest } = await putNamed(store, "app:1", labelled("x"));
  await store.changeIndex((entries) => ({ entries: entries.map(({ name: _, ...rest }) => rest), result: undefined }));
  await tagImage(store, { source: id, target: "named" });
  const entries = await store.changeIndex((all) => ({ result: all }));
  assert.deepEqual(
    entries.map(({ name, manifest: { digest } }) => [name, digest]),
    [["docker.io/library/named:latest", manifest.digest]],
  );
});

test("tagImage() refuses what is not there and what cannot be a name", async (t) => {
  const store = temporaryStore(t);
  await putNamed(store, "app:1");
  const refused = async (source: string, target: string) =>
    tagImage(store, { source, target }).then(
      () => undefined,
      (error: Error) => error.message,
    );
  assert.equal(await refused("nothing", "x"), "No such image: nothing");
  assert.match((await refused("app:1", "Upper")) ?? "", /repository name must be lowercase/);
  assert.match((await refused("app:1", "a:b:c")) ?? "", /invalid reference format/);
  assert.match((await refused("app:1", `x@sha256:${"a".repeat(64)}`)) ?? "", /refusing to create a tag with a digest/);
});
