import { failPoint } from "../base/index.ts";
import { type Descriptor, type Digest, mediaTypes, type Platform } from "../oci/index.ts";
import type { ImageRef } from "./reference.ts";
import type { ImageStore } from "./store.ts";

export interface AddImageRequest {
  readonly store: ImageStore;
  /** The configuration as JSON. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Blobs that are in the store, the lowest first. */
  readonly layers: readonly Descriptor[];
  readonly platform: Platform;
  /** Of the manifest; OCI's when left out. */
  readonly mediaType?: string;
  readonly reference?: ImageRef;
}

/**
 * Stores the documents of an image whose layers are there, and names it, last. Returns its id.
 *
 * @throws EngineError `fileSystem`, `noSpace`.
 */
export async function addImage(request: AddImageRequest): Promise<Digest> {
  const { store, config, layers, platform, reference, mediaType = mediaTypes.ociManifest } = request;
  const configType = mediaType === mediaTypes.dockerManifest ? mediaTypes.dockerConfig : mediaTypes.ociConfig;
  const described = await store.putDocument(Buffer.from(JSON.stringify(config)), configType);
  const document = { schemaVersion: 2, mediaType, config: described, layers };
  const manifest = await store.putDocument(Buffer.from(JSON.stringify(document)), mediaType);
  failPoint("commit.documents-stored");
  if (reference === undefined)
    await keepNameless({ store, manifest: { ...manifest, platform }, imageId: described.digest });
  else await store.setTag(reference, { manifest, platform, origin: "local" });
  return described.digest;
}

export interface Nameless {
  readonly store: ImageStore;
  readonly manifest: Descriptor;
  readonly imageId: Digest;
}

/** Keeps an image that no name leads to: it is found by its id. */
export function keepNameless({ store, manifest, imageId }: Nameless): Promise<void> {
  return store.changeIndex((entries) => {
    if (entries.some((entry) => entry.manifest.digest === manifest.digest)) return { result: undefined };
    const entry = { manifest, imageId, foreign: {}, foreignAnnotations: {} };
    return { entries: [...entries, entry], result: undefined };
  });
}
