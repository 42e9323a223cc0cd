import type { Descriptor, Digest, ImageIndex, ImageManifest } from "../../oci/index.ts";
import { Refusal } from "./answer.ts";
import { maximumIndexDepth, type RepositoryContents } from "./contents.ts";

/** The size of a blob that a client of the repository may refer to; undefined when the repository has none such. */
export type BlobSize = (digest: Digest) => Promise<number | undefined>;

/**
 * Sees to it that nothing gets a name that could not be pulled whole: blobs and manifests that a document refers to are
 * in its repository, and as large as it says. A subject may come later (distribution-spec, "Referrers").
 *
 * @throws Refusal `MANIFEST_BLOB_UNKNOWN`, `MANIFEST_INVALID`.
 */
export async function checkReferences(
  document: ImageManifest | ImageIndex,
  contents: RepositoryContents,
  blobSize: BlobSize,
): Promise<void> {
  if ("manifests" in document) return checkChildren(document, contents);
  for (const descriptor of [document.config, ...document.layers]) await checkBlob(descriptor, blobSize);
}

async function checkBlob({ digest, size, mediaType }: Descriptor, blobSize: BlobSize): Promise<void> {
  const mayBeElsewhere = mediaType.includes(".nondistributable.") || mediaType.includes(".foreign.");
  const actual = await blobSize(digest);
  if (actual === size || (actual === undefined && mayBeElsewhere)) return;
  if (actual === undefined) throw new Refusal("MANIFEST_BLOB_UNKNOWN", `the repository has no blob "${digest}"`);
  throw new Refusal("MANIFEST_INVALID", `the blob "${digest}" has ${actual} bytes, the manifest says ${size}`);
}

function checkChildren({ manifests }: ImageIndex, { documents }: RepositoryContents): void {
  const depths = new Map<Digest, number>();
  const depthOf = ({ digest, size }: Descriptor): number => {
    const known = depths.get(digest);
    if (known !== undefined) return known;
    const document = documents.get(digest);
    if (document === undefined) {
      throw new Refusal("MANIFEST_BLOB_UNKNOWN", `the repository has no manifest "${digest}"`);
    }
    if (document.descriptor.size !== size) {
      throw new Refusal("MANIFEST_INVALID", `the index says another size of the manifest "${digest}"`);
    }
    const children = "manifests" in document.parsed ? document.parsed.manifests.map(depthOf) : [];
    const depth = "manifests" in document.parsed ? 1 + Math.max(0, ...children) : 0;
    depths.set(digest, depth);
    return depth;
  };
  if (manifests.some((child) => depthOf(child) >= maximumIndexDepth)) {
    throw new Refusal("MANIFEST_INVALID", "the indexes are nested too deeply");
  }
}
