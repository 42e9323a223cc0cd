import assert from "node:assert/strict";
import { test } from "node:test";
import type { DiskUsage, PruneForecast } from "../../../../src/container/index.ts";
import type { ImageTree, PrunedImages } from "../../../../src/image/index.ts";
import { parseDiffId, parseDigest } from "../../../../src/oci/index.ts";
import { compareGolden } from "../../../support/golden.ts";
import { brig } from "../fakeContext.ts";

const digest = (digit: string) => parseDigest(`sha256:${digit.repeat(64)}`);
const diffId = (digit: string) => parseDiffId(`sha256:${digit.repeat(64)}`);

const usage: DiskUsage = {
  images: {
    total: 1,
    active: 1,
    bytes: 10_000_000,
    reclaimableBytes: 2_500_000,
    each: [
      {
        id: digest("a"),
        repoTags: ["app:1"],
        repoDigests: [],
        createdMs: Date.parse("2026-03-01T10:00:00Z"),
        sizeBytes: 7_000_000,
        sharedBytes: 4_000_000,
        uniqueBytes: 3_000_000,
        labels: new Map(),
        containers: 2,
      },
    ],
  },
  containers: { total: 0, active: 0, bytes: 0, reclaimableBytes: 0, each: [] },
  volumes: {
    total: 1,
    active: 0,
    bytes: 12,
    reclaimableBytes: 12,
    each: [
      {
        CreatedAt: "2026-03-01T11:58:00Z",
        Driver: "local",
        Labels: null,
        Mountpoint: "/m",
        Name: "data",
        Options: null,
        Scope: "local",
        links: 0,
        bytes: 12,
      },
    ],
  },
};

test("system df prints Docker's table, with -v what there is of each kind, and takes templates", async () => {
  const engine = { diskUsage: async () => usage };
  compareGolden("cli/system-df.txt", (await brig(["system", "df"], { engine })).out);
  compareGolden("cli/system-df-verbose.txt", (await brig(["system", "df", "-v"], { engine })).out);
  const { out } = await brig(["system", "df", "--format", "{{.Type}} {{.Reclaimable}}"], { engine });
  assert.equal(out, "Images 2.5MB (25%)\nContainers 0B\nLocal Volumes 12B (100%)\nBuild Cache 0B\n");
  const document = JSON.parse((await brig(["system", "df", "-v", "--format", "json"], { engine })).out);
  assert.deepEqual(Object.keys(document), ["Images", "Containers", "Volumes", "BuildCache"]);
  assert.equal(document.Images[0].UniqueSize, "3MB");
});

const pruned: PrunedImages = {
  images: [{ untagged: ["app:1", "app@sha256:0\x1b[2J"], deleted: [digest("a")] }],
  layers: [{ diffId: diffId("b"), bytes: 5 }],
  reclaimedBytes: 1_500_000,
  postponed: false,
};

test("image prune asks, and prints what Docker prints", async () => {
  const asked: unknown[] = [];
  const pruneImages = async (request: unknown) => {
    asked.push(request);
    return pruned;
  };
  const ran = await brig(["image", "prune", "-af", "--filter", "until=1h", "--filter", "label!=keep"], {
    engine: { pruneImages },
  });
  compareGolden("cli/image-prune.txt", ran.out);
  assert.deepEqual(asked, [
    {
      all: true,
      filters: [
        { name: "until", value: "1h" },
        { name: "label!", value: "keep" },
      ],
    },
  ]);
  assert.match((await brig(["image", "prune", "-f", "--filter", "size=1"])).err, /invalid filter 'size'/);
});

test("image prune says on stderr when a pull made it leave blobs for later", async () => {
  const pruneImages = async () => ({ ...pruned, postponed: true });
  const { err } = await brig(["image", "prune", "-f"], { engine: { pruneImages } });
  assert.match(err, /images are being pulled/);
});

test("system prune prints each kind under its heading and one sum", async () => {
  const pruneSystem = async () => ({
    containers: { removed: ["c1"], reclaimedBytes: 1 },
    networks: { removed: ["n1"], reclaimedBytes: 0 },
    volumes: { removed: [], reclaimedBytes: 0 },
    images: { ...pruned, images: [] },
    reclaimedBytes: 1_500_001,
  });
  compareGolden("cli/system-prune.txt", (await brig(["system", "prune", "-f"], { engine: { pruneSystem } })).out);
});

const forecast: PruneForecast = {
  reclaimableBytes: 5,
  verdicts: [
    {
      kind: "image",
      object: digest("a"),
      names: ["app:1"],
      bytes: 7,
      goes: false,
      reason: "the container web uses it",
    },
    { kind: "layer", object: diffId("b"), names: [], bytes: 5, goes: true, reason: "nothing that stays needs it" },
  ],
};

test("image prune --dry-run says why each thing stays or goes", async () => {
  const engine = { forecastPruneImages: async () => forecast };
  compareGolden("cli/image-prune-dry-run.txt", (await brig(["image", "prune", "--dry-run"], { engine })).out);
  const { out } = await brig(["image", "prune", "--dry-run", "--format", "{{.Object}} {{.Verdict}}"], { engine });
  assert.equal(out, `${digest("a")} stays\n${diffId("b")} goes\n`);
});

test("image tree draws the layers below each image, and names are harmless", async () => {
  const layer = { digest: digest("d"), packedBytes: 2000, unpackedBytes: 5000 };
  const tree: ImageTree = {
    id: digest("a"),
    names: ["app:1\x1b[2J"],
    sizeBytes: 10_000,
    sharedBytes: 5000,
    uniqueBytes: 5000,
    layers: [
      { ...layer, diffId: diffId("b"), sharedWith: ["one:1", "two:1", "three:1", "four:1"] },
      { ...layer, diffId: diffId("c"), sharedWith: [] },
    ],
  };
  const engine = { imageTree: async () => [tree] };
  compareGolden("cli/image-tree.txt", (await brig(["image", "tree"], { engine })).out);
  const { out } = await brig(["image", "tree", "--format", "json"], { engine });
  assert.equal(JSON.parse(out).layers[0].sharedWith.length, 4);
});
