import type { Descriptor, Digest, ImageConfig, ImageManifest } from "../../oci/index.ts";
import type { ImageRef } from "../reference.ts";

/** An image of an archive with all of its documents, checked; its layers are not read yet. */
export interface ArchiveImage {
  readonly descriptor: Descriptor;
  readonly manifestBytes: Uint8Array;
  readonly manifest: ImageManifest;
  readonly config: ImageConfig;
  readonly configBytes: Buffer;
  /** The archive had no manifest of the image. */
  readonly isManifestMade: boolean;
  /** Where the archive has the blobs that are not at the place of an OCI layout. */
  readonly paths: ReadonlyMap<Digest, string>;
}

/** A name that an archive gives an image. */
export interface ArchiveName {
  readonly reference: ImageRef;
  /** The digest by which a registry knows the name, where the archive says one; its document is in the archive. */
  readonly repoDigest?: Digest;
}

export interface IndexDocument {
  readonly descriptor: Descriptor;
  readonly bytes: Buffer;
}

/** What an archive offers under some names: one image, or the variants of one for several platforms. */
export interface ArchiveOffer {
  readonly names: readonly ArchiveName[];
  readonly images: readonly ArchiveImage[];
  /** The indexes that list them. */
  readonly indexes: readonly IndexDocument[];
}
