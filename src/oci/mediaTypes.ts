/** Media types of image-spec media-types.md and of Docker's "Image Manifest V 2, Schema 2". */
export const mediaTypes = {
  ociManifest: "application/vnd.oci.image.manifest.v1+json",
  ociIndex: "application/vnd.oci.image.index.v1+json",
  ociConfig: "application/vnd.oci.image.config.v1+json",
  ociLayer: "application/vnd.oci.image.layer.v1.tar",
  ociLayerGzip: "application/vnd.oci.image.layer.v1.tar+gzip",
  ociLayerZstd: "application/vnd.oci.image.layer.v1.tar+zstd",
  dockerManifest: "application/vnd.docker.distribution.manifest.v2+json",
  dockerIndex: "application/vnd.docker.distribution.manifest.list.v2+json",
  dockerConfig: "application/vnd.docker.container.image.v1+json",
  dockerLayer: "application/vnd.docker.image.rootfs.diff.tar",
  dockerLayerGzip: "application/vnd.docker.image.rootfs.diff.tar.gzip",
  dockerLayerZstd: "application/vnd.docker.image.rootfs.diff.tar.zstd",
  dockerForeignLayerGzip: "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
  dockerSchema1: "application/vnd.docker.distribution.manifest.v1+json",
  dockerSchema1Signed: "application/vnd.docker.distribution.manifest.v1+prettyjws",
} as const;

export type LayerCompression = "none" | "gzip" | "zstd";

const layerCompressions: ReadonlyMap<string, LayerCompression> = new Map<string, LayerCompression>([
  [mediaTypes.ociLayer, "none"],
  [mediaTypes.ociLayerGzip, "gzip"],
  [mediaTypes.ociLayerZstd, "zstd"],
  [mediaTypes.dockerLayer, "none"],
  [mediaTypes.dockerLayerGzip, "gzip"],
  [mediaTypes.dockerLayerZstd, "zstd"],
  [mediaTypes.dockerForeignLayerGzip, "gzip"],
  ["application/vnd.oci.image.layer.nondistributable.v1.tar", "none"],
  ["application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", "gzip"],
  ["application/vnd.oci.image.layer.nondistributable.v1.tar+zstd", "zstd"],
]);

/** How a layer of this media type is compressed; undefined when brig does not know such a layer. */
export function layerCompression(mediaType: string): LayerCompression | undefined {
  return layerCompressions.get(mediaType);
}

export type DocumentKind = "manifest" | "index" | "schema1";

const documentKinds: ReadonlyMap<string, DocumentKind> = new Map<string, DocumentKind>([
  [mediaTypes.ociManifest, "manifest"],
  [mediaTypes.dockerManifest, "manifest"],
  [mediaTypes.ociIndex, "index"],
  [mediaTypes.dockerIndex, "index"],
  [mediaTypes.dockerSchema1, "schema1"],
  [mediaTypes.dockerSchema1Signed, "schema1"],
]);

/** What kind of document a registry serves under this media type. */
export function documentKind(mediaType: string): DocumentKind | undefined {
  return documentKinds.get(mediaType);
}

/** Whether a configuration of this media type describes a container image. */
export function isImageConfigType(mediaType: string): boolean {
  return mediaType === mediaTypes.ociConfig || mediaType === mediaTypes.dockerConfig;
}

/** The manifest types to ask a registry for, in the order of preference. */
export const acceptedManifestTypes: readonly string[] = [
  mediaTypes.ociIndex,
  mediaTypes.ociManifest,
  mediaTypes.dockerIndex,
  mediaTypes.dockerManifest,
];
