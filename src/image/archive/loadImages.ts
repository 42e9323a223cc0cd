import { join } from "node:path";
import { EngineError, failPoint } from "../../base/index.ts";
import { type Descriptor, type Digest, documentLimits, type Platform } from "../../oci/index.ts";
import { keepNameless } from "../addImage.ts";
import { bringLayers, layerJobs } from "../bringLayers.ts";
import { checkDocumentDigests } from "../checkImage.ts";
import { defaultExpansionLimits, type ExpansionLimits } from "../decompress.ts";
import type { LayerSink } from "../layerSink.ts";
import { eventsOf, type LayerEvent } from "../pullEvents.ts";
import { familiarName, formatImageRef } from "../reference.ts";
import type { ImageStore } from "../store.ts";
import { damagedBlobs } from "../storeCheck.ts";
import type { LayerKeeper } from "../storeSweep.ts";
import { openArchiveFile } from "./archiveFile.ts";
import { type ChosenImage, chooseImage } from "./chooseImage.ts";
import { blobPathOf, ImageArchive, type ListMembers } from "./imageArchive.ts";
import { readOffers } from "./readOffers.ts";

/** What a load tells while it works. */
export type LoadEvent =
  | LayerEvent
  /** A name of the archive belonged to another image, which keeps no name of its own by that. */
  | { readonly kind: "renamed"; readonly reference: string; readonly previousId: Digest }
  /** An image is there for good; without a reference it has no name in the archive. */
  | { readonly kind: "loaded"; readonly reference?: string; readonly id: Digest };

export interface LoadImagesRequest {
  /** The path of a file, or the bytes of an archive: of `docker save`, or an OCI layout; plain, gzip or zstd. */
  readonly archive: string | AsyncIterable<Uint8Array>;
  /** Of images with several variants; this machine's when left out. */
  readonly platform?: Platform;
  readonly store: ImageStore;
  readonly layers: LayerSink;
  readonly listMembers: ListMembers;
  /** Takes away what a load that failed has brought in. */
  readonly keeper: LayerKeeper;
  readonly limits?: Partial<ExpansionLimits>;
  readonly signal?: AbortSignal;
}

/**
 * Loads every image of an archive. All documents are checked before the first layer is read, all layers before the first
 * name is given; when anything is wrong nothing is kept. The load happens while the events are read.
 *
 * @throws EngineError.
 */
export async function* loadImages(request: LoadImagesRequest): AsyncGenerator<LoadEvent> {
  const { store, keeper } = request;
  try {
    yield* eventsOf<LoadEvent>(request.signal, (report, stop) =>
      load({ ...request, report, signal: stop.signal, stop: () => stop.abort() }),
    );
  } catch (error) {
    // What cannot be swept now is found by the next sweep; the failure matters more.
    await store.collectGarbage(keeper).catch(() => undefined);
    throw error;
  }
}

interface RunningLoad extends LoadImagesRequest {
  readonly signal: AbortSignal;
  stop(): void;
  report(event: LoadEvent): void;
}

async function load(request: RunningLoad): Promise<void> {
  const { store, signal } = request;
  const hold = await store.holdOffSweeps(signal);
  try {
    const limits = { ...defaultExpansionLimits, ...request.limits };
    const directory = join(store.directory, "partial");
    const file = await openArchiveFile({ archive: request.archive, directory, limits, signal });
    try {
      failPoint("load.opened");
      const archive = await ImageArchive.open(file, request.listMembers);
      const chosen = (await readOffers(archive)).map((offer) => chooseImage(offer, request.platform));
      if (chosen.length === 0) throw nothingToLoad();
      const images = await Promise.all(chosen.map((image) => preferStored(image, store)));
      await bring({ request, archive, images, limits });
    } finally {
      await file.close();
    }
  } finally {
    hold.release();
  }
}

function nothingToLoad(): EngineError {
  return new EngineError("platformNotFound", "the image archive has no image in it");
}

/** An image that came without a manifest keeps the one by which the store has it already, and its layers with it. */
async function preferStored(image: ChosenImage, store: ImageStore): Promise<ChosenImage> {
  if (!image.isManifestMade) return image;
  const stored = store.resolve(image.manifest.config.digest);
  if (stored === undefined || damagedBlobs(store.directory, stored).length > 0) return image;
  const { manifest, manifestDigest: digest } = stored;
  const manifestBytes = await store.readDocument(digest, documentLimits.manifestBytes);
  if (manifestBytes === undefined) return image;
  const descriptor = { mediaType: manifest.mediaType, digest, size: manifestBytes.length };
  return { ...image, descriptor, manifestBytes, manifest, paths: new Map() };
}

interface Bringing {
  readonly request: RunningLoad;
  readonly archive: ImageArchive;
  readonly images: readonly ChosenImage[];
  readonly limits: ExpansionLimits;
}

async function bring({ request, archive, images, limits }: Bringing): Promise<void> {
  const { store } = request;
  for (const { descriptor, manifest, indexes } of images) {
    checkDocumentDigests([
      descriptor.digest,
      manifest.config.digest,
      ...indexes.map((index) => index.descriptor.digest),
    ]);
  }
  const jobs = layerJobs(images);
  const paths = new Map<Digest, string>(images.flatMap((image) => [...image.paths]));
  const pathOf = ({ digest }: Descriptor): string => paths.get(digest) ?? blobPathOf(digest);
  for (const { descriptor } of jobs) await checkBlob({ descriptor, path: pathOf(descriptor) }, archive, store);
  await bringLayers(jobs, {
    ...request,
    limits,
    keepsUnfinished: false,
    readSource: (descriptor, offset) => archive.read(pathOf(descriptor), offset),
  });
  failPoint("load.layers-done");
  for (const image of images) await storeDocuments(image, store);
  failPoint("load.documents-stored");
  for (const image of images) await nameImage(image, request);
  failPoint("load.named");
}

interface NamedBlob {
  readonly descriptor: Descriptor;
  readonly path: string;
}

/** Before anything is read: a layer may be left out of an archive when the store has it. */
async function checkBlob({ descriptor, path }: NamedBlob, archive: ImageArchive, store: ImageStore): Promise<void> {
  if (!archive.has(path) && (await store.hasBlob(descriptor.digest))) return;
  const size = archive.sizeOf(path);
  if (size === descriptor.size) return;
  throw new EngineError(
    "sizeMismatch",
    `the layer "${descriptor.digest}" has ${size} bytes in the image archive, its manifest says ${descriptor.size}`,
  );
}

async function storeDocuments({ configBytes, manifest, manifestBytes, indexes }: ChosenImage, store: ImageStore) {
  await store.putDocument(configBytes, manifest.config.mediaType);
  await store.putDocument(manifestBytes, manifest.mediaType);
  for (const { bytes, descriptor } of indexes) await store.putDocument(bytes, descriptor.mediaType);
}

async function nameImage(image: ChosenImage, { store, report }: RunningLoad): Promise<void> {
  const { descriptor, platform } = image;
  const { mediaType, digest, size } = descriptor;
  const id = image.manifest.config.digest;
  const manifest = { mediaType, digest, size, platform };
  if (image.names.length === 0) {
    await keepNameless({ store, manifest, imageId: id });
    report({ kind: "loaded", id });
  }
  for (const { reference: name, repoDigest } of image.names) {
    const reference = familiarName(name);
    const previousId = store.resolve(formatImageRef(name))?.id;
    const indexDigest = repoDigest === undefined ? {} : { indexDigest: repoDigest };
    await store.setTag(name, { manifest, platform, origin: "local", ...indexDigest });
    if (previousId !== undefined && previousId !== id) report({ kind: "renamed", reference, previousId });
    report({ kind: "loaded", reference, id });
  }
}
