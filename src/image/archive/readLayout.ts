import { EngineError } from "../../base/index.ts";
import {
  type Descriptor,
  type Digest,
  documentKind,
  documentLimits,
  isDigest,
  isImageConfigType,
  mediaTypes,
  parseImageConfig,
  parseIndex,
  parseManifest,
  parseStatedIndex,
} from "../../oci/index.ts";
import { checkLayerCount, checkLayerTypes } from "../checkImage.ts";
import { imageEntries } from "../platform.ts";
import { type ImageRef, parseImageRef, withDefaultTag } from "../reference.ts";
import { repoDigestAnnotation } from "../storeIndex.ts";
import type { ArchiveImage, ArchiveOffer, IndexDocument } from "./archiveImage.ts";
import { blobPathOf, type ImageArchive } from "./imageArchive.ts";

const maximumIndexDepth = 3;

/** Whether the archive is an OCI image layout (image-spec image-layout.md). @throws EngineError for an unknown version. */
export async function isLayout(archive: ImageArchive): Promise<boolean> {
  if (!archive.has("oci-layout") || !archive.has("index.json")) return false;
  const text = (await archive.document("oci-layout", 4096)).toString("utf8");
  if (/"imageLayoutVersion"\s*:\s*"1\.0\.0"/.test(text)) return true;
  throw new EngineError("unsupportedMediaType", "the image archive is an OCI layout of an unknown version");
}

/**
 * The images that index.json lists and of which the archive has the manifest. What is no image (an attestation, an
 * artefact) is passed over.
 *
 * @throws EngineError of the validators; `digestMismatch`, `sizeMismatch`, `ambiguousDocument`, `limitExceeded`.
 */
export async function readLayout(archive: ImageArchive): Promise<readonly ArchiveOffer[]> {
  const top = parseIndex(await archive.document("index.json", documentLimits.manifestBytes), mediaTypes.ociIndex);
  const offers = new Map<Digest, ArchiveOffer>();
  for (const descriptor of imageEntries(top.manifests)) {
    if (documentKind(descriptor.mediaType) === undefined) continue;
    const named = await readNamed(archive, descriptor);
    const { images, ...offer } = offers.get(descriptor.digest) ?? (await readOffer(archive, descriptor));
    const names = [...offer.names, ...named.names];
    offers.set(descriptor.digest, { images, names, indexes: [...offer.indexes, ...named.indexes] });
  }
  return [...offers.values()].filter(({ images }) => images.length > 0);
}

async function readOffer(archive: ImageArchive, descriptor: Descriptor): Promise<ArchiveOffer> {
  if (documentKind(descriptor.mediaType) === "index") {
    const index = { descriptor, bytes: await archive.blob(descriptor, documentLimits.manifestBytes) };
    return { names: [], images: await readVariants(archive, index, 1), indexes: [index] };
  }
  const image = await readImage(archive, descriptor);
  return { names: [], images: image === undefined ? [] : [image], indexes: [] };
}

type Named = Pick<ArchiveOffer, "names" | "indexes">;

/** The name that a descriptor gives, and by which digest a registry knows it: of an index, or as brig wrote it down. */
async function readNamed(archive: ImageArchive, descriptor: Descriptor): Promise<Named> {
  const reference = nameIn(descriptor);
  if (reference === undefined) return { names: [], indexes: [] };
  const { digest, mediaType, annotations } = descriptor;
  const isKnown = documentKind(mediaType) === "index" || annotations?.[repoDigestAnnotation] === digest;
  if (isKnown) return { names: [{ reference, repoDigest: digest }], indexes: [] };
  const index = await readNamedIndex(archive, descriptor);
  if (index === undefined) return { names: [{ reference }], indexes: [] };
  return { names: [{ reference, repoDigest: index.descriptor.digest }], indexes: [index] };
}

/** The full name where Docker and BuildKit write it; OCI's own annotation is often only a tag, which names nothing. */
function nameIn({ annotations = {} }: Descriptor): ImageRef | undefined {
  const full = annotations["io.containerd.image.name"];
  const name = full ?? annotations["org.opencontainers.image.ref.name"] ?? "";
  return full === undefined && !/[:/]/.test(name) ? undefined : withDefaultTag(parseImageRef(name));
}

/** Archives have some of the variants only, and each document of them once. */
async function readVariants(
  archive: ImageArchive,
  { descriptor, bytes }: IndexDocument,
  depth: number,
): Promise<readonly ArchiveImage[]> {
  if (depth > maximumIndexDepth) {
    throw new EngineError("limitExceeded", "the indexes of the image archive are nested too deeply");
  }
  const images: ArchiveImage[] = [];
  for (const entry of imageEntries(parseIndex(bytes, descriptor.mediaType).manifests)) {
    if (documentKind(entry.mediaType) === undefined || !archive.has(blobPathOf(entry.digest))) continue;
    if (documentKind(entry.mediaType) === "index") {
      const below = { descriptor: entry, bytes: await archive.blob(entry, documentLimits.manifestBytes) };
      images.push(...(await readVariants(archive, below, depth + 1)));
      continue;
    }
    const image = await readImage(archive, entry);
    if (image !== undefined) images.push(image);
  }
  return images;
}

/** Undefined for a manifest of something else than a container image. */
async function readImage(archive: ImageArchive, descriptor: Descriptor): Promise<ArchiveImage | undefined> {
  const manifestBytes = await archive.blob(descriptor, documentLimits.manifestBytes);
  const manifest = parseManifest(manifestBytes, descriptor.mediaType);
  if (!isImageConfigType(manifest.config.mediaType)) return undefined;
  checkLayerTypes(descriptor.digest, manifest);
  const configBytes = await archive.blob(manifest.config, documentLimits.configBytes);
  const config = parseImageConfig(configBytes);
  checkLayerCount(descriptor.digest, manifest, config);
  return { descriptor, manifestBytes, manifest, config, configBytes, isManifestMade: false, paths: new Map() };
}

/** brig saves the one variant it has, and beside it the index by which the registry knows it. */
async function readNamedIndex(archive: ImageArchive, descriptor: Descriptor): Promise<IndexDocument | undefined> {
  const digest = descriptor.annotations?.[repoDigestAnnotation] ?? "";
  if (!isDigest(digest) || !archive.has(blobPathOf(digest))) return undefined;
  const size = archive.sizeOf(blobPathOf(digest));
  const bytes = await archive.blob({ digest, size }, documentLimits.manifestBytes);
  const index = parseStatedIndex(bytes);
  if (!index.manifests.some((listed) => listed.digest === descriptor.digest)) return undefined;
  return { descriptor: { mediaType: index.mediaType, digest, size }, bytes };
}
