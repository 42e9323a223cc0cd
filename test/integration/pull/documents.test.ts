// @regression V37 CVE-2014-8178, CVE-2014-8179
// @wrong What was downloaded was not what had been named.
// @defence Digest and size are checked while the bytes stream, the diffId when they are unpacked.
// @regression V53 CVE-2024-3727
// @wrong A digest steered where a client asked with its credentials.
// @defence No address is made of anything but a parsed digest.
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { ErrorCode } from "../../../src/base/index.ts";
import { makeImage, type ServedImage, sha256, startFaultRegistry } from "../../support/faultRegistry.ts";
import { pullSetting } from "./pullSetting.ts";

const ociManifest = "application/vnd.oci.image.manifest.v1+json";
const ociIndex = "application/vnd.oci.image.index.v1+json";
const dockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
const dockerIndex = "application/vnd.docker.distribution.manifest.list.v2+json";

/** Pulls an image whose document for the tag is `text`; it must fail before anything that the text names is asked for. */
async function refuses(
  t: TestContext,
  { image, text, type }: { readonly image: ServedImage; readonly text: string; readonly type: string },
): Promise<ErrorCode> {
  const bytes = Buffer.from(text);
  const registry = await startFaultRegistry(image, ({ method, url }, response) => {
    if (!url.includes("/manifests/")) return false;
    const headers = { "content-type": type, "content-length": bytes.length, "docker-content-digest": sha256(bytes) };
    response.writeHead(200, headers).end(method === "HEAD" ? undefined : bytes);
    return true;
  });
  try {
    const { failure, layers, store } = pullSetting(t);
    const error = await failure(`${registry.address}/app`);
    const blobs = join(store.directory, "blobs/sha256");
    assert.deepEqual(existsSync(blobs) ? readdirSync(blobs) : [], []);
    assert.deepEqual([layers.committed.size, store.list().length], [0, 0]);
    const allowed = ["/v2/app/manifests/latest", `/v2/app/manifests/${sha256(bytes)}`];
    for (const { url } of registry.seen) assert.ok(allowed.includes(url), url);
    return error.code;
  } finally {
    await registry.stop();
  }
}

interface Written {
  readonly schemaVersion: number;
  readonly mediaType: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly layers: readonly Readonly<Record<string, unknown>>[];
}

function manifestOf({ documents, manifestPath }: ServedImage): Written {
  return JSON.parse(documents.get(manifestPath)?.bytes.toString() ?? "");
}

const image = makeImage();
const manifest = manifestOf(image);
const index = {
  schemaVersion: 2,
  mediaType: ociIndex,
  manifests: [{ mediaType: ociManifest, digest: image.manifestPath.replace(/.*manifests\//, ""), size: 1 }],
};
const { mediaType: _manifestType, ...untypedManifest } = manifest;
const { mediaType: _indexType, ...untypedIndex } = index;
const [layer = {}] = manifest.layers;
/** Puts raw members before those of a document: the same name may come twice. */
const withRaw = (document: object, members: string): string => JSON.stringify(document).replace("{", `{${members},`);

/** One meaning for one reader, another for the next (distribution-spec 1.0.1, GHSA-mc8v-mgrf-8f4m, and Go's JSON). */
const ambiguous: readonly (readonly [what: string, document: object | string, type: string])[] = [
  ["a manifest that is an index", { ...manifest, manifests: index.manifests }, ociManifest],
  ["a manifest that is an empty index", { ...manifest, manifests: [] }, ociManifest],
  ["an untyped manifest that is an index", { ...untypedManifest, manifests: [] }, ociManifest],
  ["a manifest that is schema 1", { ...manifest, fsLayers: [] }, ociManifest],
  ["an index that has a config", { ...index, config: manifest.config }, ociIndex],
  ["an index that has layers", { ...index, layers: manifest.layers }, ociIndex],
  ["an untyped index that has layers", { ...untypedIndex, layers: [] }, ociIndex],
  ["an index that is schema 1", { ...index, fsLayers: [] }, ociIndex],
  ["a manifest that says it is an index", { ...manifest, mediaType: ociIndex }, ociManifest],
  ["an index that says it is a manifest", { ...index, mediaType: ociManifest }, ociIndex],
  ["an OCI manifest served as Docker's", manifest, dockerManifest],
  ["a Docker manifest served as OCI's", { ...manifest, mediaType: dockerManifest }, ociManifest],
  ["an OCI index served as Docker's", index, dockerIndex],
  ["a Docker index served as OCI's", { ...index, mediaType: dockerIndex }, ociIndex],
  ["a manifest served as an index", manifest, ociIndex],
  ["an untyped manifest served as an index", untypedManifest, ociIndex],
  ["an index served as a manifest", index, ociManifest],
  ["an untyped index served as a manifest", untypedIndex, ociManifest],
  ["layers twice", withRaw(manifest, '"layers":[]'), ociManifest],
  ["a config twice, once with an escape", withRaw(manifest, '"con\\u0066ig":{}'), ociManifest],
  ["manifests twice", withRaw(index, '"manifests":[]'), ociIndex],
  [
    "a digest twice",
    JSON.stringify(manifest).replace('"digest":', `"digest":"sha256:${"0".repeat(64)}","digest":`),
    ociManifest,
  ],
  ["layers in capitals beside layers", { ...manifest, Layers: [] }, ociManifest],
  ["manifests in capitals in a manifest", { ...manifest, MANIFESTS: index.manifests }, ociManifest],
  ["a layer with a digest in capitals", { ...manifest, layers: [{ ...layer, Digest: "x" }] }, ociManifest],
];

test("there are 24 ambiguous documents and more", () => assert.ok(ambiguous.length >= 24));

for (const [what, document, type] of ambiguous) {
  test(`a pull refuses ${what}`, async (t) => {
    const text = typeof document === "string" ? document : JSON.stringify(document);
    assert.equal(await refuses(t, { image, text, type }), "ambiguousDocument");
  });
}

const hex = "0123456789abcdef".repeat(4);

const malformed: readonly unknown[] = [
  ...["", ":", "sha256", "sha256:", hex, `:${hex}`, `sha256${hex}`, `sha256-${hex}`, `sha256@${hex}`],
  ...[`sha256:${hex.slice(1)}`, `sha256:${hex}0`, `sha256:${hex.toUpperCase()}`, `SHA256:${hex}`, `sha256::${hex}`],
  ...[` sha256:${hex}`, `sha256:${hex} `, `sha256:${hex}\n`, `sha256:${hex}\0`, `sha256:\0${hex.slice(1)}`],
  ...["../../etc/passwd", `sha256:../../${hex.slice(6)}`, `sha256:${hex.slice(2)}/x`, `sha256:${hex.slice(3)}/..`],
  ...[`sha256:%2e%2e${hex.slice(6)}`, `sha256:${hex.slice(2)}?x`, `sha256:${hex.slice(2)}#x`, `sha256:${hex}@x`],
  ...[`sha512:${hex}`, `sha512:${hex}${hex}0`, `sha384:${hex}${hex.slice(32)}`, `md5:${hex.slice(32)}`],
  ...[`sha256:g${hex.slice(1)}`, `sha256:é${hex.slice(1)}`, `sha256:０${hex.slice(1)}`, `__proto__:${hex}`],
  ...[`sha256:${hex}:${hex}`, `sha256+b64:${hex}`, `sha256:0x${hex.slice(2)}`, null, 7, ["sha256", hex], {}],
];

test("there are 40 malformed digests", () => assert.ok(malformed.length >= 40));

for (const digest of malformed) {
  const shown = JSON.stringify(digest).slice(0, 30);
  test(`a pull refuses the digest ${shown} of a layer, a configuration and a manifest, and asks for none of it`, async (t) => {
    const { config } = manifest;
    for (const [document, type] of [
      [{ ...manifest, layers: [{ ...layer, digest }] }, ociManifest],
      [{ ...manifest, config: { ...config, digest } }, ociManifest],
      [{ ...index, manifests: [{ ...index.manifests[0], digest }] }, ociIndex],
    ] as const) {
      assert.equal(await refuses(t, { image, text: JSON.stringify(document), type }), "malformedDocument");
    }
  });
}
