// @regression V46 CVE-2014-9356, CVE-2020-1702
// @wrong An archive for load named paths outside, or documents of any size.
// @rule R9
// @defence Members are looked up by name in a bounded index, documents are at most 4 MiB, and digests are checked.
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { EngineError, type ErrorCode } from "../../src/base/index.ts";
import { loadImages, openImageStore } from "../../src/image/index.ts";
import type { DiffId } from "../../src/oci/index.ts";
import { indexTar, openLayerStore } from "../../src/overlay/index.ts";
import { type HandEntry, handArchive, handEntry } from "../support/handTar.ts";
import {
  blob,
  configOf,
  describe,
  layoutFiles,
  layoutMark,
  oneFileLayer,
  savedFiles,
  sha256,
} from "../support/imageArchive.ts";
import { helperPath, testDirectory } from "../support/projectPaths.ts";

// Archives that no honest tool writes, and archives that are broken: each is refused with a sentence, and afterwards the
// store and the layers hold what they held before, which is one image under the name that the archives want.

const [low, high] = [oneFileLayer("low"), oneFileLayer("high")];
const saved = savedFiles([low, high], ["app:1"]);
const layout = layoutFiles("docker.io/library/app:1");

/** One file of an archive replaced. */
function swap(files: readonly HandEntry[], name: RegExp, change: (file: HandEntry) => HandEntry): readonly HandEntry[] {
  assert.ok(files.some((file) => name.test(file.name)));
  return files.map((file) => (name.test(file.name) ? change(file) : file));
}

const without = (files: readonly HandEntry[], name: RegExp) => files.filter((file) => !name.test(file.name));
const text = (change: (text: string) => string) => (file: HandEntry) => ({
  ...file,
  content: change(String(file.content)),
});
const savedManifest = (content: unknown) =>
  swap(saved, /^manifest/, (file) => ({
    ...file,
    content: typeof content === "string" ? content : JSON.stringify(content),
  }));
const layerFile = /^[0-9a-f]{64}\/layer\.tar$/;
const lowName = `${sha256(low)}/layer.tar`;
const configName = saved[0]?.name ?? "";
const image = { Config: configName, RepoTags: ["app:1"], Layers: [lowName, `${sha256(high)}/layer.tar`] };
const manifestOf = (files: readonly HandEntry[]) => String(files[2]?.content);

/** An index of the layout that lists other descriptors. */
function listing(descriptors: readonly object[], blobs: readonly HandEntry[] = []): readonly HandEntry[] {
  const index = JSON.stringify({ schemaVersion: 2, manifests: descriptors });
  return [...swap(layout, /^index/, (file) => ({ ...file, content: index })), ...blobs];
}

const named = { annotations: { "io.containerd.image.name": "docker.io/library/app:1" } };
const indexType = "application/vnd.oci.image.index.v1+json";

function nestedIndexes(depth: number): readonly HandEntry[] {
  const blobs: HandEntry[] = [];
  let below = describe("manifest.v1+json", manifestOf(layout));
  for (let level = 0; level < depth; level += 1) {
    const content = JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests: [below] });
    blobs.push(blob(content));
    below = describe(indexType, content, named);
  }
  return listing([below], blobs);
}

const otherConfig = configOf([low], { author: "another" });
const truncated = handArchive(saved);
const lot = Array.from({ length: 101_000 }, (_, index): HandEntry => ({ name: `d/${index}`, type: "5" }));
const bomb = gzipSync(Buffer.alloc(40 << 20));

const archives: readonly (readonly [string, readonly HandEntry[] | Uint8Array, ErrorCode])[] = [
  ["nothing", new Uint8Array(0), "unsupportedMediaType"],
  ["no archive", Buffer.from("hello ".repeat(1000)), "malformedLayer"],
  ["a plain file system", [{ name: "etc/passwd", content: "root" }], "unsupportedMediaType"],
  [
    "Docker before 1.10",
    [
      { name: "repositories", content: "{}" },
      { name: "ab/layer.tar", content: low },
    ],
    "unsupportedMediaType",
  ],
  ["xz", Buffer.from("fd377a585a000004e6d6b446", "hex"), "unsupportedMediaType"],
  ["a damaged gzip", Buffer.concat([gzipSync(truncated).subarray(0, 200), Buffer.alloc(300, 7)]), "malformedLayer"],
  ["a truncated gzip", gzipSync(truncated).subarray(0, 300), "malformedLayer"],
  ["a bomb of zeros", bomb, "limitExceeded"],
  ["truncated in a file", truncated.subarray(0, 700), "malformedLayer"],
  ["truncated in a header", truncated.subarray(0, truncated.length - 1024 - 700), "malformedLayer"],
  [
    "a header that is not one",
    Buffer.concat([handEntry(saved[0] ?? { name: "" }), Buffer.alloc(512, 1)]),
    "malformedLayer",
  ],
  ["a file larger than the archive", [{ name: "manifest.json", size: 1 << 30 }], "malformedLayer"],
  ["a huge extended header", [{ name: "x", type: "x", size: 1 << 30 }], "limitExceeded"],
  ["a hundred thousand entries", [...lot, ...saved], "limitExceeded"],
  ["a path upwards", [...saved, { name: "../../etc/cron.d/x", content: "x" }], "unsafeLayer"],
  ["a path upwards inside", [...saved, { name: "a/../../x", content: "x" }], "unsafeLayer"],
  ["an absolute path", [...saved, { name: "/etc/passwd", content: "x" }], "unsafeLayer"],
  ["a directory upwards", [{ name: "../x", type: "5" }, ...saved], "unsafeLayer"],
  ["a long path", [...saved, { name: "x", pax: { path: "a/".repeat(20_000) } }], "limitExceeded"],
  ["a deep path", [...saved, { name: "x", pax: { path: `${"a/".repeat(100)}x` } }], "limitExceeded"],
  ["a device", [...saved, { name: "sda", type: "4", major: 8 }], "unsafeLayer"],
  ["a pipe", [...saved, { name: "pipe", type: "6" }], "unsafeLayer"],
  [
    "a symbolic link outside",
    swap(saved, layerFile, ({ name }) => ({ name, type: "2", link: "../../../etc/shadow" })),
    "unsafeLayer",
  ],
  [
    "an absolute symbolic link",
    swap(saved, layerFile, ({ name }) => ({ name, type: "2", link: "/etc/shadow" })),
    "unsafeLayer",
  ],
  [
    "a hard link outside",
    swap(saved, layerFile, ({ name }) => ({ name, type: "1", link: "../../etc/shadow" })),
    "unsafeLayer",
  ],
  [
    "links in a circle",
    [...without(saved, layerFile), { name: lowName, type: "2", link: "../x" }, { name: "x", type: "2", link: lowName }],
    "malformedDocument",
  ],
  [
    "a link to nothing",
    swap(saved, layerFile, ({ name }) => ({ name, type: "2", link: "../nothing" })),
    "malformedDocument",
  ],
  ["manifest.json twice", [...saved, { name: "./manifest.json", content: "[]" }], "ambiguousDocument"],
  ["a layer twice", [...saved, { name: lowName, content: high }], "ambiguousDocument"],
  [
    "manifest.json as a link to the host",
    [...without(saved, /^manifest/), { name: "manifest.json", type: "2", link: "/etc/passwd" }],
    "unsafeLayer",
  ],
  ["a huge manifest.json", savedManifest(`[${" ".repeat(5 << 20)}]`), "limitExceeded"],
  ["deeply nested JSON", savedManifest("[".repeat(1 << 20)), "malformedDocument"],
  ["JSON that is no list", savedManifest({ Config: "x" }), "malformedDocument"],
  [
    "JSON that is not UTF-8",
    swap(saved, /^manifest/, (file) => ({ ...file, content: Buffer.from([0x5b, 0xff, 0x5d]) })),
    "malformedDocument",
  ],
  ["a list of numbers", savedManifest([1]), "malformedDocument"],
  ["an empty list", savedManifest([]), "platformNotFound"],
  ["a configuration elsewhere", savedManifest([{ ...image, Config: "../../etc/passwd" }]), "unsafeLayer"],
  ["a layer of the host", savedManifest([{ ...image, Layers: [lowName, "/etc/shadow"] }]), "unsafeLayer"],
  ["a configuration that is missing", savedManifest([{ ...image, Config: "missing.json" }]), "malformedDocument"],
  ["a layer that is missing", without(saved, new RegExp(`^${sha256(low)}`)), "malformedDocument"],
  ["a layer too few", savedManifest([{ ...image, Layers: [lowName] }]), "malformedDocument"],
  ["layers in the wrong order", savedManifest([{ ...image, Layers: image.Layers.toReversed() }]), "digestMismatch"],
  ["a bad name", savedManifest([{ ...image, RepoTags: ["../../x:1"] }]), "invalidReference"],
  ["a name with a digest", savedManifest([{ ...image, RepoTags: [`app@sha256:${sha256("x")}`] }]), "invalidReference"],
  [
    "one name for two images",
    [
      ...savedManifest([image, { Config: "other.json", RepoTags: ["app:1"], Layers: [lowName] }]),
      { name: "other.json", content: otherConfig },
    ],
    "ambiguousDocument",
  ],
  [
    "a configuration that is not its digest",
    swap(
      saved,
      /^[0-9a-f]{64}\.json/,
      text((config) => `${config} `),
    ),
    "digestMismatch",
  ],
  [
    "a configuration of numbers",
    [...savedManifest([{ ...image, Config: "c" }]), { name: "c", content: "[1]" }],
    "malformedDocument",
  ],
  [
    "a layer with another content",
    swap(saved, new RegExp(`^${sha256(high)}`), ({ name }) => ({ name, content: oneFileLayer("evil") })),
    "digestMismatch",
  ],
  [
    "a compressed layer with another content",
    swap(saved, new RegExp(`^${sha256(high)}`), ({ name }) => ({ name, content: gzipSync(low) })),
    "diffIdMismatch",
  ],
  [
    "a layer that is a bomb",
    swap(saved, new RegExp(`^${sha256(high)}`), ({ name }) => ({ name, content: bomb })),
    "limitExceeded",
  ],
  [
    "a layer that leads outside",
    savedFiles([low, handArchive([{ name: "../../x", content: "x" }])], ["app:1"]),
    "unsafeLayer",
  ],
  [
    "an unknown layout",
    swap(layout, /^oci-layout/, (file) => ({ ...file, content: '{"imageLayoutVersion":"9.0.0"}' })),
    "unsupportedMediaType",
  ],
  ["a layout without an index", [layoutMark], "unsupportedMediaType"],
  ["a manifest that is missing", without(layout, new RegExp(sha256(manifestOf(layout)))), "malformedDocument"],
  [
    "a manifest that is not its digest",
    swap(
      layout,
      new RegExp(sha256(manifestOf(layout))),
      text((content) => content.replace("}", " }")),
    ),
    "sizeMismatch",
  ],
  [
    "a manifest of the same size that is not its digest",
    swap(
      layout,
      new RegExp(sha256(manifestOf(layout))),
      text((content) => content.replace(":2", ":1")),
    ),
    "digestMismatch",
  ],
  [
    "a manifest that is an index, too",
    layoutFiles("app:1", { manifest: (content) => content.replace("{", '{"manifests":[],') }),
    "ambiguousDocument",
  ],
  [
    "a manifest of another type than its own",
    layoutFiles("app:1", {
      manifest: (content) => content.replace("oci.image.manifest.v1", "docker.distribution.manifest.v2"),
    }),
    "ambiguousDocument",
  ],
  [
    "a digest that is none",
    layoutFiles("app:1", { index: (content) => content.replace(/sha256:[0-9a-f]{64}/, "sha256:../../../etc/passwd") }),
    "malformedDocument",
  ],
  [
    "a layer of a wrong size",
    layoutFiles("app:1", { manifest: (content) => content.replace(/"size":(\d+)}\]/, '"size":9}]') }),
    "sizeMismatch",
  ],
  [
    "a layer of an unknown type",
    layoutFiles("app:1", { manifest: (content) => content.replace("layer.v1.tar", "layer.v1.squashfs") }),
    "unsupportedMediaType",
  ],
  [
    "a name with the digest of something else",
    layoutFiles(`docker.io/library/app@sha256:${sha256("x")}`),
    "digestMismatch",
  ],
  ["indexes in indexes", nestedIndexes(10), "limitExceeded"],
  ["two lists that disagree", [...layout, ...saved], "ambiguousDocument"],
  [
    "only an attestation",
    listing([
      describe("manifest.v1+json", manifestOf(layout), { platform: { os: "unknown", architecture: "unknown" } }),
    ]),
    "platformNotFound",
  ],
];

interface Bench {
  readonly directory: string;
  readonly store: ReturnType<typeof openImageStore>;
  load(archive: Uint8Array): Promise<readonly string[]>;
}

function makeBench(): Bench {
  const directory = mkdtempSync(join(testDirectory(), "v46-"));
  const store = openImageStore(join(directory, "images"));
  const layers = openLayerStore(directory, { helperPath });
  const keeper = {
    sweepLayers: async (keep: ReadonlySet<DiffId>) => {
      const removed = (await layers.list()).filter((diffId) => !keep.has(diffId));
      for (const diffId of removed) await layers.remove(diffId);
      await layers.sweepStaging();
      return removed.map((diffId) => ({ diffId, bytes: 0 }));
    },
  };
  const listMembers = (archive: Parameters<typeof indexTar>[0]) =>
    indexTar(archive, { totalBytes: 2 ** 40, entries: 100_000 });
  const limits = { freeBytes: 8 << 20, maxRatio: 100 };
  return {
    directory,
    store,
    async load(archive) {
      const loaded: string[] = [];
      const pieces = (async function* () {
        for (let at = 0; at < archive.length; at += 65_536) yield archive.subarray(at, at + 65_536);
      })();
      for await (const event of loadImages({ archive: pieces, store, layers, listMembers, keeper, limits })) {
        if (event.kind === "loaded") loaded.push(event.reference ?? event.id);
      }
      return loaded;
    },
  };
}

/** Every file of the stores, but for locks. */
function filesOf(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((name) => !/(^|\/)(locks?|.*\.lock)(\/|$)/.test(name))
    .sort();
}

const bench = makeBench();
after(() => rmSync(bench.directory, { recursive: true, force: true }));
const honest = savedFiles([oneFileLayer("honest")], ["app:1"]);

test("an honest archive is loaded", async () => {
  assert.deepEqual(await bench.load(handArchive(honest)), ["app:1"]);
  assert.deepEqual(await bench.load(handArchive(saved)), ["app:1"]);
  assert.deepEqual(await bench.load(handArchive(layout)), ["app:1"]);
  assert.deepEqual(await bench.load(handArchive(honest)), ["app:1"]);
  await bench.store.changeIndex((entries) => ({
    entries: entries.filter(({ name }) => name !== undefined),
    result: undefined,
  }));
  await assert.rejects(bench.load(new Uint8Array(0))); // sweeps what is left of the others
});

for (const [name, archive, code] of archives) {
  test(`refused, and nothing kept: ${name}`, async () => {
    const before = filesOf(bench.directory);
    const id = bench.store.resolve("app:1")?.id;
    assert.ok(id !== undefined);
    const bytes = archive instanceof Uint8Array ? archive : handArchive(archive);
    await assert.rejects(bench.load(bytes), (error: unknown) => {
      assert.ok(error instanceof EngineError, String(error));
      assert.equal(error.code, code, error.message);
      assert.ok(error.message.length < 600, error.message);
      return true;
    });
    assert.equal(bench.store.resolve("app:1")?.id, id);
    assert.deepEqual(filesOf(bench.directory), before);
  });
}
