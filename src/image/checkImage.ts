import { EngineError } from "../base/index.ts";
import { type Digest, type ImageConfig, type ImageManifest, layerCompression, type Platform } from "../oci/index.ts";
import { digestAlgorithm } from "./digest.ts";
import { normalizePlatform } from "./platform.ts";

/** @throws EngineError `unsupportedMediaType` for layers that brig does not unpack, naming the image. */
export function checkLayerTypes(name: string, manifest: ImageManifest): void {
  const unknown = manifest.layers.find(({ mediaType }) => layerCompression(mediaType) === undefined);
  if (unknown === undefined) return;
  throw new EngineError(
    "unsupportedMediaType",
    `"${name}" has a layer of the unsupported media type "${unknown.mediaType.slice(0, 200)}"`,
    { hint: "layers may be tar archives, plain or compressed with gzip or zstd" },
  );
}

/** @throws EngineError `malformedDocument` when the configuration lists more or fewer layers than there are. */
export function checkLayerCount(
  name: string,
  { layers }: { readonly layers: readonly unknown[] },
  config: ImageConfig,
): void {
  const listed = config.rootfs.diff_ids.length;
  if (listed === layers.length) return;
  throw new EngineError(
    "malformedDocument",
    `"${name}" has ${layers.length} layers, but its configuration lists ${listed}`,
  );
}

/** The platform that a configuration states, in its one spelling. */
export function platformOf({ os, architecture, variant }: ImageConfig): Platform {
  return normalizePlatform({ os, architecture, ...(variant === undefined ? {} : { variant }) });
}

/**
 * The store names documents by sha256; layers may have either algorithm.
 *
 * @throws EngineError `notOffered`.
 */
export function checkDocumentDigests(digests: readonly Digest[]): void {
  const odd = digests.find((digest) => digestAlgorithm(digest) !== "sha256");
  if (odd === undefined) return;
  throw new EngineError("notOffered", `cannot store the document "${odd}": only sha256 is supported for documents`);
}
