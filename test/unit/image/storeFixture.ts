import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { parseImageRef } from "../../../src/image/reference.ts";
import { type ImageStore, openImageStore } from "../../../src/image/store.ts";
import { type Descriptor, type Digest, mediaTypes, type Platform, parseDigest } from "../../../src/oci/index.ts";

export const amd64: Platform = { os: "linux", architecture: "amd64" };

export function sha256(bytes: Uint8Array | string): Digest {
  return parseDigest(`sha256:${createHash("sha256").update(bytes).digest("hex")}`);
}

/** A store in a directory that goes away with the test. */
export function temporaryStore(t: TestContext): ImageStore {
  const directory = mkdtempSync(join(tmpdir(), "brig-store-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return openImageStore(join(directory, "images"));
}

export interface ImageSketch {
  /** Uncompressed layers: what a diffId is the digest of. */
  readonly layers?: readonly Buffer[];
  readonly config?: object;
  /** Members of the configuration beside `config`. */
  readonly members?: object;
}

/** Brings a blob in the way a pull does. */
export async function putBlob(store: ImageStore, bytes: Buffer, mediaType: string): Promise<Descriptor> {
  const descriptor = { mediaType, digest: sha256(bytes), size: bytes.length };
  const partial = await store.openPartial(descriptor);
  try {
    if (!partial.complete) {
      await partial.append(bytes);
      await partial.finish();
    }
  } finally {
    await partial.release();
  }
  return descriptor;
}

export interface MadeImage {
  readonly manifest: Descriptor;
  readonly id: Digest;
  readonly layers: readonly Descriptor[];
}

/** Writes an image without a name. */
export async function putImage(
  store: ImageStore,
  { layers = [], config = {}, members = {} }: ImageSketch = {},
): Promise<MadeImage> {
  const blobs: Descriptor[] = [];
  for (const layer of layers) blobs.push(await putBlob(store, layer, mediaTypes.ociLayer));
  const rootfs = { type: "layers", diff_ids: layers.map(sha256) };
  const configuration = await store.putDocument(
    Buffer.from(JSON.stringify({ architecture: "amd64", os: "linux", config, rootfs, history: [], ...members })),
    mediaTypes.ociConfig,
  );
  const document = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config: configuration, layers: blobs };
  const manifest = await store.putDocument(Buffer.from(JSON.stringify(document)), mediaTypes.ociManifest);
  return { manifest, id: configuration.digest, layers: blobs };
}

/** Writes an image that differs from those with another `sketch`, and names it. */
export async function putNamed(store: ImageStore, name: string, sketch: ImageSketch = {}): Promise<MadeImage> {
  const image = await putImage(store, sketch);
  await store.setTag(parseImageRef(name), { manifest: image.manifest, platform: amd64 });
  return image;
}

/** The image sketch whose only difference is a label, so that its id is another. */
export function labelled(label: string): ImageSketch {
  return { config: { Labels: { label } } };
}
