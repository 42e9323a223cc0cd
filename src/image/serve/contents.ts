import {
  type Descriptor,
  type Digest,
  documentKind,
  documentLimits,
  type ImageIndex,
  type ImageManifest,
  parseIndex,
  parseManifest,
} from "../../oci/index.ts";
import { ownMediaType, readDocument } from "../storeDocuments.ts";
import type { IndexEntry } from "../storeIndex.ts";
import type { StoreLayout } from "../storeLayout.ts";

/** A manifest or index of a repository. */
export interface RepositoryDocument {
  readonly descriptor: Pick<Descriptor, "mediaType" | "digest" | "size">;
  readonly parsed: ImageManifest | ImageIndex;
}

/** Everything that the entries of a repository lead to. */
export interface RepositoryContents {
  readonly documents: ReadonlyMap<Digest, RepositoryDocument>;
  /** Configurations and layers, with their sizes. */
  readonly blobs: ReadonlyMap<Digest, number>;
}

/** How deeply indexes may be nested. */
export const maximumIndexDepth = 3;

/**
 * Reads the documents of a repository. Documents that are not in the store, such as the manifests for other platforms
 * of an index that was pulled, are left out.
 *
 * @throws EngineError `storeCorrupt` and those of the validators for a damaged document.
 */
export function repositoryContents(layout: StoreLayout, entries: readonly IndexEntry[]): RepositoryContents {
  const documents = new Map<Digest, RepositoryDocument>();
  const collect = (digest: Digest, mediaType: string | undefined, depth: number): void => {
    const document = documents.has(digest) ? undefined : readParsed(layout, digest, mediaType);
    if (document === undefined || depth > maximumIndexDepth) return;
    documents.set(digest, document);
    if (!("manifests" in document.parsed)) return;
    for (const child of document.parsed.manifests) collect(child.digest, child.mediaType, depth + 1);
  };
  for (const { manifest, repoDigest } of entries) {
    collect(manifest.digest, manifest.mediaType, 0);
    if (repoDigest !== undefined) collect(repoDigest, undefined, 0);
  }
  return { documents, blobs: blobsOf([...documents.values()]) };
}

/** Documents that an index lists and that are no manifests of a kind that brig knows are not followed. */
function readParsed(layout: StoreLayout, digest: Digest, claimed: string | undefined): RepositoryDocument | undefined {
  if (claimed !== undefined && (documentKind(claimed) ?? "schema1") === "schema1") return undefined;
  const bytes = readDocument(layout, digest, documentLimits.manifestBytes);
  if (bytes === undefined) return undefined;
  const mediaType = claimed ?? ownMediaType(bytes);
  return { descriptor: { mediaType, digest, size: bytes.length }, parsed: parseDocument(bytes, mediaType) };
}

/** @throws EngineError those of `parseManifest`. */
export function parseDocument(bytes: Uint8Array, mediaType: string): ImageManifest | ImageIndex {
  return documentKind(mediaType) === "index" ? parseIndex(bytes, mediaType) : parseManifest(bytes, mediaType);
}

function blobsOf(documents: readonly RepositoryDocument[]): ReadonlyMap<Digest, number> {
  const blobs = new Map<Digest, number>();
  for (const { parsed } of documents) {
    if ("manifests" in parsed) continue;
    for (const { digest, size } of [parsed.config, ...parsed.layers]) blobs.set(digest, size);
  }
  return blobs;
}
