import { EngineError, failPoint } from "../../base/index.ts";
import { type Descriptor, type Digest, documentLimits, type Platform } from "../../oci/index.ts";
import type { ImageStore } from "../store.ts";
import { damagedBlobs } from "../storeCheck.ts";
import type { StoredImage } from "../storedImage.ts";
import { VerifiedBlob } from "../verifiedBlob.ts";
import { blobPathOf } from "./imageArchive.ts";
import { blobsOf, planSave, type SavedImageNames } from "./planSave.ts";
import { repoDigestFor, type SavedManifest, saveDocuments } from "./saveDocuments.ts";

/** How files are put into a tar archive; the room that writes archives does it. */
export interface ArchiveFormat {
  /** What comes before and after the content of a file. */
  file(path: string, size: number): { readonly before: Uint8Array; readonly after: Uint8Array };
  end(): Uint8Array;
}

export interface SaveImagesRequest {
  readonly references: readonly string[];
  readonly platform?: Platform;
  readonly store: ImageStore;
  readonly format: ArchiveFormat;
}

/**
 * Writes images as a tar archive that is an OCI image layout and one of `docker save` at the same time, byte by byte the
 * same for the same images. Blobs go out as they are, so every digest still holds; each is verified on the way.
 *
 * @throws EngineError of `planSave` before the first byte; `storeCorrupt`.
 */
export async function* saveImages({
  references,
  platform,
  store,
  format,
}: SaveImagesRequest): AsyncGenerator<Uint8Array> {
  const hold = await store.holdOffSweeps();
  try {
    const selection = { references, images: store.list(), resolve: (text: string) => store.resolve(text) };
    const chosen = planSave({ ...selection, ...(platform === undefined ? {} : { platform }) });
    for (const { image } of chosen) checkWhole(store, image);
    const saved: SavedManifest[] = [];
    const documents: Descriptor[] = [];
    for (const one of chosen) {
      const manifest = await describeDocument(store, one.image.manifestDigest, one.image.manifest.mediaType);
      saved.push({ ...one, manifest });
      documents.push(manifest, ...(await indexesOf(store, one)));
    }
    for (const [path, text] of saveDocuments(saved)) {
      const content = Buffer.from(text);
      const { before, after } = format.file(path, content.length);
      yield Buffer.concat([before, content, after]);
    }
    failPoint("save.documents-written");
    for (const descriptor of blobsOf(
      chosen.map(({ image }) => image),
      documents,
    ))
      yield* writeBlob(store, descriptor, format);
    yield format.end();
  } finally {
    hold.release();
  }
}

/** Found out before the first byte is written, as far as that goes without reading. */
function checkWhole({ directory }: ImageStore, image: StoredImage): void {
  const [damaged] = damagedBlobs(directory, image);
  if (damaged === undefined) return;
  throw new EngineError(
    "storeCorrupt",
    `the blob "${damaged.descriptor.digest}" of the image store is missing or damaged`,
    {
      hint: 'remove the images that use it with "brig rmi" and pull again',
    },
  );
}

async function describeDocument(store: ImageStore, digest: Digest, mediaType: string): Promise<Descriptor> {
  const bytes = await store.readDocument(digest, documentLimits.manifestBytes);
  if (bytes !== undefined) return { mediaType, digest, size: bytes.length };
  throw new EngineError("storeCorrupt", `the document "${digest}" is missing from the image store`);
}

/** The indexes by which registries know the image: a load of the archive knows its digests again. */
async function indexesOf(store: ImageStore, { image, names }: SavedImageNames): Promise<readonly Descriptor[]> {
  const found: Descriptor[] = [];
  for (const digest of new Set(names.map((name) => repoDigestFor(image.digests, name)))) {
    if (digest === undefined || digest === image.manifestDigest) continue;
    const bytes = await store.readDocument(digest, documentLimits.manifestBytes);
    // The media type is in the document itself.
    if (bytes !== undefined) found.push({ mediaType: "", digest, size: bytes.length });
  }
  return found;
}

async function* writeBlob(
  store: ImageStore,
  descriptor: Descriptor,
  format: ArchiveFormat,
): AsyncGenerator<Uint8Array> {
  const { before, after } = format.file(blobPathOf(descriptor.digest), descriptor.size);
  yield before;
  const blob = new VerifiedBlob(descriptor, store.readBlob(descriptor.digest));
  try {
    yield* blob;
    await blob.verify();
  } catch (error) {
    if (!(error instanceof EngineError) || (error.code !== "digestMismatch" && error.code !== "sizeMismatch"))
      throw error;
    throw new EngineError("storeCorrupt", `the blob "${descriptor.digest}" of the image store is damaged`, {
      hint: 'remove the images that use it with "brig rmi" and pull again',
      cause: error,
    });
  } finally {
    await blob.close();
  }
  yield after;
}
