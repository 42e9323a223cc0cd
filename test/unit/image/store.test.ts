import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { EngineError, type ErrorCode } from "../../../src/base/index.ts";
import { familiarName, parseImageRef } from "../../../src/image/reference.ts";
import { openImageStore } from "../../../src/image/store.ts";
import { mediaTypes } from "../../../src/oci/index.ts";
import { amd64, labelled, putImage, putNamed, sha256, temporaryStore } from "./storeFixture.ts";

const withCode = (code: ErrorCode) => (error: unknown) => error instanceof EngineError && error.code === code;

test("a store that does not exist is empty, and reading does not make it", (t) => {
  const store = temporaryStore(t);
  assert.deepEqual(store.list(), []);
  assert.equal(store.resolve("alpine"), undefined);
  assert.equal(existsSync(store.directory), false);
});

test("the store is an OCI image layout whose index names the platform manifest", async (t) => {
  const store = temporaryStore(t);
  const { manifest, id } = await putNamed(store, "alpine:3.20", { layers: [Buffer.from("layer")] });
  assert.deepEqual(JSON.parse(readFileSync(join(store.directory, "oci-layout"), "utf8")), {
    imageLayoutVersion: "1.0.0",
  });
  assert.deepEqual(JSON.parse(readFileSync(join(store.directory, "index.json"), "utf8")), {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [
      {
        mediaType: "application/vnd.oci.image.manifest.v1+json",
        digest: manifest.digest,
        size: manifest.size,
        platform: { os: "linux", architecture: "amd64" },
        annotations: {
          "org.opencontainers.image.ref.name": "docker.io/library/alpine:3.20",
          "dev.brig.image.repo-digest": manifest.digest,
          "dev.brig.image.id": id,
        },
      },
    ],
  });
  assert.equal(readdirSync(join(store.directory, "blobs", "sha256")).length, 3);
  assert.deepEqual(readdirSync(join(store.directory, "partial")), []);
});

test("resolve() finds an image by tag, default tag, digest, whole id and short id", async (t) => {
  const store = temporaryStore(t);
  const { id, manifest } = await putNamed(store, "alpine");
  const names = [
    "alpine",
    "alpine:latest",
    "docker.io/library/alpine",
    `alpine@${manifest.digest}`,
    id,
    id.slice(7),
    id.slice(7, 19),
    id.slice(0, 15),
  ];
  for (const name of names) assert.equal(store.resolve(name)?.id, id, name);
  for (const name of ["alpine:3", "other", `alpine@${sha256("x")}`, sha256("x"), "quay.io/library/alpine"]) {
    assert.equal(store.resolve(name), undefined, name);
  }
});

test("resolve() prefers a name to an id that begins like it", async (t) => {
  const store = temporaryStore(t);
  const { id } = await putNamed(store, "one", labelled("one"));
  const name = id.slice(7, 13);
  const other = await putNamed(store, name, labelled("other"));
  assert.equal(store.resolve(name)?.id, other.id);
});

test("resolve() refuses text that is neither name nor id, and lists the matches of an ambiguous id", async (t) => {
  const store = temporaryStore(t);
  const byFirstDigit = new Map<string, string[]>();
  for (let count = 0; count < 17; count += 1) {
    const { id } = await putNamed(store, `image${count}`, labelled(String(count)));
    byFirstDigit.set(id.slice(7, 8), [...(byFirstDigit.get(id.slice(7, 8)) ?? []), id]);
  }
  const [digit, ids] = [...byFirstDigit].find(([, found]) => found.length > 1) ?? ["", []];
  assert.throws(
    () => store.resolve(digit),
    (error) => {
      assert.ok(error instanceof EngineError);
      assert.equal(error.code, "invalidReference");
      assert.deepEqual(error.details.matches, ids);
      for (const id of ids) assert.ok(error.message.includes(id.slice(7, 19)));
      return true;
    },
  );
  for (const text of ["", "Alpine", "a b", "-x", "../../etc"]) {
    assert.throws(() => store.resolve(text), withCode("invalidReference"), text);
  }
});

test("an image with several names is listed once", async (t) => {
  const store = temporaryStore(t);
  const { manifest } = await putNamed(store, "alpine:3.20");
  await store.setTag(parseImageRef("quay.io/team/alpine:1"), { manifest, platform: amd64 });
  const [image, ...others] = store.list();
  assert.equal(others.length, 0);
  assert.deepEqual(image?.tags.map(familiarName), ["alpine:3.20", "quay.io/team/alpine:1"]);
  assert.deepEqual(image?.digests.map(familiarName), [
    `alpine@${manifest.digest}`,
    `quay.io/team/alpine@${manifest.digest}`,
  ]);
});

test("a tag that moves on leaves its image with the digest alone", async (t) => {
  const store = temporaryStore(t);
  const old = await putNamed(store, "app", labelled("old"));
  const young = await putNamed(store, "app", labelled("young"));
  assert.equal(store.resolve("app")?.id, young.id);
  const left = store.resolve(old.id);
  assert.deepEqual(left?.tags, []);
  assert.deepEqual(left?.digests.map(familiarName), [`app@${old.manifest.digest}`]);
  assert.equal(store.resolve(`app@${old.manifest.digest}`)?.id, old.id);
});

test("the same tag for another platform leaves the first image without a name, since its digest is the index's", async (t) => {
  const store = temporaryStore(t);
  const indexDigest = sha256("index");
  const [one, other] = [await putImage(store, labelled("one")), await putImage(store, labelled("other"))];
  for (const { manifest } of [one, other]) {
    await store.setTag(parseImageRef("app"), { manifest, platform: amd64, indexDigest });
  }
  assert.equal(store.resolve(`app@${indexDigest}`)?.id, other.id);
  const left = store.resolve(one.id);
  assert.deepEqual([left?.tags, left?.digests], [[], []]);
  await store.setTag(parseImageRef("app"), { manifest: one.manifest, platform: amd64, indexDigest });
  assert.deepEqual(
    store.list().map(({ id, tags }) => [id, tags.length]),
    [
      [one.id, 1],
      [other.id, 0],
    ],
  );
});

test("an image pulled by digest is kept by that digest and has no tag, even when the reference has one", async (t) => {
  const store = temporaryStore(t);
  const { manifest, id } = await putImage(store);
  await store.setTag(parseImageRef(`app:1@${manifest.digest}`), { manifest, platform: amd64 });
  const image = store.resolve(`app@${manifest.digest}`);
  assert.equal(image?.id, id);
  assert.deepEqual(image?.tags, []);
  assert.equal(store.resolve("app:1"), undefined);
});

test("setTag() says whether anything changed", async (t) => {
  const store = temporaryStore(t);
  const { manifest } = await putImage(store);
  const tag = () => store.setTag(parseImageRef("app"), { manifest, platform: amd64 });
  assert.deepEqual(await tag(), { changed: true });
  assert.deepEqual(await tag(), { changed: false });
});

test("setTag() refuses an image whose documents are not in the store", async (t) => {
  const store = temporaryStore(t);
  const manifest = { mediaType: mediaTypes.ociManifest, digest: sha256("nothing"), size: 7 };
  await assert.rejects(store.setTag(parseImageRef("app"), { manifest, platform: amd64 }), withCode("storeCorrupt"));
  assert.deepEqual(store.list(), []);
});

test("removeTag() takes one name away and says whether there was one", async (t) => {
  const store = temporaryStore(t);
  await putNamed(store, "app:1");
  await putNamed(store, "app:2");
  assert.equal(await store.removeTag(parseImageRef("app:1")), true);
  assert.equal(await store.removeTag(parseImageRef("app:1")), false);
  assert.notEqual(store.resolve("app:2"), undefined);
});

test("readDocument() checks the digest on every read, and putDocument() heals what is damaged", async (t) => {
  const store = temporaryStore(t);
  const bytes = Buffer.from('{"schemaVersion":2}');
  const { digest } = await store.putDocument(bytes, mediaTypes.ociManifest);
  assert.deepEqual(await store.readDocument(digest, 100), bytes);
  assert.equal(await store.readDocument(sha256("other"), 100), undefined);
  await assert.rejects(store.readDocument(digest, 18), withCode("limitExceeded"));
  for (const damage of ['{"schemaVersion":3}', "", "longer than the document was before"]) {
    writeFileSync(store.blobPath(digest), damage);
    await assert.rejects(store.readDocument(digest, 100), withCode("storeCorrupt"));
    await store.putDocument(bytes, mediaTypes.ociManifest);
    assert.deepEqual(await store.readDocument(digest, 100), bytes);
  }
});

test("one damaged image is reported and does not hide the others", async (t) => {
  const store = temporaryStore(t);
  const good = await putNamed(store, "good", labelled("good"));
  const bad = await putNamed(store, "bad", labelled("bad"));
  truncateSync(store.blobPath(bad.id), 5);
  const { images, damaged } = store.survey();
  assert.deepEqual(
    images.map(({ id }) => id),
    [good.id],
  );
  assert.deepEqual(
    damaged.map(({ name, error }) => [name, error.code]),
    [["docker.io/library/bad:latest", "storeCorrupt"]],
  );
  assert.throws(() => store.resolve("bad"), withCode("storeCorrupt"));
});

test("an index that is no index is an error with a way out, for every shape of damage", (t) => {
  const store = temporaryStore(t);
  mkdirSync(store.directory, { recursive: true });
  const shapes = [
    "",
    "{",
    "[]",
    "null",
    '{"manifests":{}}',
    '{"manifests":[1]}',
    '{"manifests":[{"digest":"md5:1","size":1}]}',
    '{"manifests":[{"digest":"sha256:../../x","size":1}]}',
  ];
  for (const shape of shapes) {
    writeFileSync(join(store.directory, "index.json"), shape);
    assert.throws(
      () => store.list(),
      (error) => withCode("storeCorrupt")(error) && (error as EngineError).hint !== undefined,
      shape,
    );
  }
});

test("what other tools wrote into the index survives our changes", async (t) => {
  const store = temporaryStore(t);
  const { manifest } = await putNamed(store, "app");
  const path = join(store.directory, "index.json");
  const index = JSON.parse(readFileSync(path, "utf8"));
  const foreign = JSON.parse(
    `{"mediaType":"application/vnd.example","digest":"${manifest.digest}","size":3,"data":"eA==","annotations":{"org.opencontainers.image.ref.name":"NOT OURS","__proto__":"kept"}}`,
  );
  writeFileSync(path, JSON.stringify({ ...index, manifests: [foreign, ...index.manifests] }));
  await store.setTag(parseImageRef("app:2"), { manifest, platform: amd64 });
  const after = JSON.parse(readFileSync(path, "utf8"));
  assert.match(JSON.stringify(after.manifests[0].annotations), /"__proto__":"kept"/);
  assert.equal(after.manifests[0].data, "eA==");
  assert.equal(after.manifests.length, 3);
  assert.equal(store.list().length, 1);
});

test("a layout of an unknown version is not written to", async (t) => {
  const store = temporaryStore(t);
  mkdirSync(store.directory, { recursive: true });
  for (const marker of ['{"imageLayoutVersion":"2.0.0"}', "no JSON"]) {
    writeFileSync(join(store.directory, "oci-layout"), marker);
    await assert.rejects(openImageStore(store.directory).putDocument(Buffer.from("{}"), "x"), withCode("storeCorrupt"));
  }
});
