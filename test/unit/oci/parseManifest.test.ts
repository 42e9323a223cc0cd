import assert from "node:assert/strict";
import { test } from "node:test";
import { EngineError, type ErrorCode } from "../../../src/base/index.ts";
import { mediaTypes, parseIndex, parseManifest } from "../../../src/oci/index.ts";

const digest = `sha256:${"ab".repeat(32)}`;
const descriptor = { mediaType: mediaTypes.ociLayerGzip, digest, size: 3 };
const manifest = {
  schemaVersion: 2,
  mediaType: mediaTypes.ociManifest,
  config: { mediaType: mediaTypes.ociConfig, digest, size: 2 },
  layers: [descriptor],
};
const bytesOf = (value: unknown): Uint8Array => Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
const code = (expected: ErrorCode) => (error: unknown) => error instanceof EngineError && error.code === expected;

test("parseManifest() reads OCI and Docker manifests and leaves unknown members out", () => {
  const parsed = parseManifest(bytesOf({ ...manifest, extra: 1, subject: null }), mediaTypes.ociManifest);
  assert.deepEqual(parsed, manifest);
  const { mediaType: _, ...untyped } = manifest;
  assert.equal(parseManifest(bytesOf(untyped), mediaTypes.dockerManifest).layers.length, 1);
});

test("parseManifest() treats null as absent", () => {
  assert.deepEqual(
    parseManifest(bytesOf({ ...manifest, layers: null, annotations: null }), mediaTypes.ociManifest).layers,
    [],
  );
});

const cases: readonly (readonly [what: string, document: unknown, expected: ErrorCode])[] = [
  ["a manifest that is also an index", { ...manifest, manifests: [] }, "ambiguousDocument"],
  ["a manifest that is also schema 1", { ...manifest, fsLayers: [] }, "ambiguousDocument"],
  ["a contradicting media type", { ...manifest, mediaType: mediaTypes.ociIndex }, "ambiguousDocument"],
  ["the other family's media type", { ...manifest, mediaType: mediaTypes.dockerManifest }, "ambiguousDocument"],
  ["schema 1", { ...manifest, schemaVersion: 1 }, "unsupportedMediaType"],
  ["schema 3", { ...manifest, schemaVersion: 3 }, "malformedDocument"],
  ["schema 2 as text", { ...manifest, schemaVersion: "2" }, "malformedDocument"],
  ["no config", { ...manifest, config: undefined }, "malformedDocument"],
  ["a config that is a list", { ...manifest, config: [] }, "malformedDocument"],
  ["layers that are an object", { ...manifest, layers: { length: 1 } }, "malformedDocument"],
  ["a layer that is null", { ...manifest, layers: [null] }, "malformedDocument"],
  ["a negative size", { ...manifest, layers: [{ ...descriptor, size: -1 }] }, "malformedDocument"],
  ["a broken size", { ...manifest, layers: [{ ...descriptor, size: 1.5 }] }, "malformedDocument"],
  ["a size beyond 2^53", { ...manifest, layers: [{ ...descriptor, size: 2 ** 60 }] }, "malformedDocument"],
  ["a size as text", { ...manifest, layers: [{ ...descriptor, size: "3" }] }, "malformedDocument"],
  ["no size", { ...manifest, layers: [{ ...descriptor, size: undefined }] }, "malformedDocument"],
  [
    "a digest that is a path",
    { ...manifest, layers: [{ ...descriptor, digest: `sha256:../../${"a".repeat(58)}` }] },
    "malformedDocument",
  ],
  ["a digest that is a number", { ...manifest, layers: [{ ...descriptor, digest: 1 }] }, "malformedDocument"],
  ["no media type of a layer", { ...manifest, layers: [{ digest, size: 3 }] }, "malformedDocument"],
  ["501 layers", { ...manifest, layers: Array(501).fill(descriptor) }, "limitExceeded"],
  ["a list", [manifest], "malformedDocument"],
  ["null", "null", "malformedDocument"],
  ["text", '"manifest"', "malformedDocument"],
  ["nothing", "", "malformedDocument"],
  ["half a document", JSON.stringify(manifest).slice(0, 50), "malformedDocument"],
  ["a deep nest", "[".repeat(1 << 20), "malformedDocument"],
  ["more than 4 MiB", " ".repeat((4 << 20) + 1), "limitExceeded"],
];

for (const [what, document, expected] of cases) {
  test(`parseManifest() refuses ${what}`, () => {
    assert.throws(() => parseManifest(bytesOf(document), mediaTypes.ociManifest), code(expected));
  });
}

test("parseManifest() refuses bytes that are not UTF-8", () => {
  assert.throws(
    () => parseManifest(Buffer.from([0x7b, 0xff, 0x7d]), mediaTypes.ociManifest),
    code("malformedDocument"),
  );
});

test("parseManifest() refuses other media types, and names Docker's old format", () => {
  assert.throws(() => parseManifest(bytesOf(manifest), "application/json"), code("unsupportedMediaType"));
  assert.throws(() => parseManifest(bytesOf(manifest), mediaTypes.ociIndex), code("unsupportedMediaType"));
  assert.throws(() => parseManifest(bytesOf(manifest), mediaTypes.dockerSchema1Signed), /schema 1/);
});

test("parseIndex() reads platforms and refuses an index that is also a manifest", () => {
  const entry = {
    mediaType: mediaTypes.ociManifest,
    digest,
    size: 1,
    platform: { os: "linux", architecture: "arm", variant: "v7" },
  };
  const index = { schemaVersion: 2, manifests: [entry] };
  assert.deepEqual(parseIndex(bytesOf(index), mediaTypes.ociIndex).manifests[0]?.platform, entry.platform);
  for (const member of ["config", "layers", "fsLayers"]) {
    assert.throws(
      () => parseIndex(bytesOf({ ...index, [member]: {} }), mediaTypes.ociIndex),
      code("ambiguousDocument"),
    );
  }
});

test("annotations called __proto__ are ordinary and harmless", () => {
  const text = JSON.stringify(manifest).replace(
    "{",
    '{"annotations":{"__proto__":"x","constructor":"y"},"__proto__":{"layers":[]},',
  );
  const parsed = parseManifest(bytesOf(text), mediaTypes.ociManifest);
  assert.deepEqual(Object.keys(parsed.annotations ?? {}), ["__proto__", "constructor"]);
  assert.equal(({} as Record<string, unknown>).layers, undefined);
  assert.equal(parsed.layers.length, 1);
});
