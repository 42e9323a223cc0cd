import assert from "node:assert/strict";
import { test } from "node:test";
import { describeImage } from "../../../src/image/inspect.ts";
import type { StoredImage } from "../../../src/image/storedImage.ts";
import { createdMsOf, summarizeImage, summarizeImages } from "../../../src/image/summary.ts";
import { type ImageSketch, labelled, putNamed, sha256, temporaryStore } from "./storeFixture.ts";

const facts = { layerSize: () => undefined, containers: () => 0 };

async function storedImage(t: Parameters<typeof temporaryStore>[0], sketch: ImageSketch): Promise<StoredImage> {
  const store = temporaryStore(t);
  await putNamed(store, "app:1", sketch);
  const image = store.resolve("app:1");
  assert.ok(image !== undefined);
  return image;
}

test("summarizeImage() takes unpacked sizes where they are known and compressed ones elsewhere", async (t) => {
  const [one, other] = [Buffer.from("one layer"), Buffer.from("another layer")];
  const image = await storedImage(t, { layers: [one, other], ...labelled("x") });
  const layerSize = (diffId: string) => (diffId === sha256(one) ? 1000 : undefined);
  const summary = summarizeImage(image, { layerSize, containers: () => 3 });
  assert.equal(summary.sizeBytes, 1000 + other.length);
  assert.equal(summary.containers, 3);
  assert.deepEqual(summary.repoTags, ["app:1"]);
  assert.deepEqual(summary.repoDigests, [`app@${image.manifestDigest}`]);
  assert.deepEqual([...summary.labels], [["label", "x"]]);
});

test("createdMsOf() takes dates and nothing else", async (t) => {
  const table: readonly (readonly [string, number | undefined])[] = [
    ["1970-01-01T00:00:01Z", 1000],
    ["2024-05-22T18:18:11.693065123+02:00", Date.parse("2024-05-22T16:18:11.693Z")],
    ["0001-01-01T00:00:00Z", -62135596800000],
    ["yesterday", undefined],
    ["2024-13-99T00:00:00Z", undefined],
    ["12", undefined],
    [`2024-05-22T18:18:11Z${" ".repeat(100)}`, undefined],
    ["\u001b[31m", undefined],
  ];
  const image = await storedImage(t, {});
  for (const [created, expected] of table) {
    assert.equal(createdMsOf({ ...image, config: { ...image.config, created } }), expected, created);
  }
});

test("summarizeImages() shows the youngest image first", async (t) => {
  const image = await storedImage(t, {});
  const made = (created: string) => ({ ...image, config: { ...image.config, created } });
  const images = [made("2020-01-01T00:00:00Z"), image, made("2024-01-01T00:00:00Z")];
  const years = summarizeImages(images, facts).map(
    ({ createdMs }) => createdMs && new Date(createdMs).getUTCFullYear(),
  );
  assert.deepEqual(years, [2024, 2020, undefined]);
});

test("describeImage() prints what docker inspect prints", async (t) => {
  const layer = Buffer.from("layer");
  const image = await storedImage(t, {
    layers: [layer],
    config: {
      User: "redis",
      ExposedPorts: { "6379/tcp": {} },
      Env: ["PATH=/bin"],
      Cmd: ["redis-server"],
      Entrypoint: ["docker-entrypoint.sh"],
      Volumes: { "/data": {} },
      WorkingDir: "/data",
      Labels: { a: "b" },
      StopSignal: "SIGINT",
    },
    members: {
      created: "2024-05-22T18:18:11.693065123Z",
      author: "someone",
      variant: "v2",
      history: [{ created_by: "x" }, { comment: "last" }],
    },
  });
  assert.deepEqual(JSON.parse(JSON.stringify(describeImage(image, { layerSize: () => 42 }))), {
    Id: image.id,
    RepoTags: ["app:1"],
    RepoDigests: [`app@${image.manifestDigest}`],
    Parent: "",
    Comment: "last",
    Created: "2024-05-22T18:18:11.693065123Z",
    DockerVersion: "",
    Author: "someone",
    Config: {
      User: "redis",
      ExposedPorts: { "6379/tcp": {} },
      Env: ["PATH=/bin"],
      Cmd: ["redis-server"],
      Volumes: { "/data": {} },
      WorkingDir: "/data",
      Entrypoint: ["docker-entrypoint.sh"],
      OnBuild: null,
      Labels: { a: "b" },
      StopSignal: "SIGINT",
    },
    Architecture: "amd64",
    Variant: "v2",
    Os: "linux",
    Size: 42,
    GraphDriver: { Data: null, Name: "overlayfs" },
    RootFS: { Type: "layers", Layers: [sha256(layer)] },
    Metadata: { LastTagTime: "0001-01-01T00:00:00Z" },
  });
});

test("describeImage() prints null for what is not set, as Docker does, and never `Descriptor`", async (t) => {
  const details = describeImage(await storedImage(t, {}), { layerSize: () => undefined });
  const { Cmd, Entrypoint, Volumes, Labels } = details.Config;
  assert.deepEqual([Cmd, Entrypoint, Volumes, Labels], [null, null, null, null]);
  assert.equal(details.Created, "0001-01-01T00:00:00Z");
  assert.equal("Descriptor" in details, false);
});

test("describeImage() treats a label called __proto__ as any other", async (t) => {
  const config = JSON.parse('{"Labels":{"__proto__":"x","constructor":"y"},"Volumes":{"__proto__":{}}}');
  const details = describeImage(await storedImage(t, { config }), { layerSize: () => undefined });
  assert.equal(JSON.stringify(details.Config.Labels), '{"__proto__":"x","constructor":"y"}');
  assert.equal(JSON.stringify(details.Config.Volumes), '{"__proto__":{}}');
  assert.equal(Object.getPrototypeOf({}), Object.prototype);
});
