import { EngineError } from "../../base/index.ts";
import {
  type Descriptor,
  type Digest,
  documentKind,
  documentLimits,
  type ImageManifest,
  mediaTypes,
  type Platform,
  parseIndex,
  parseManifest,
} from "../../oci/index.ts";
import { formatPlatform, listPlatforms, platformDistance, rankByPlatform } from "../platform.ts";
import type { OutgoingDocument } from "../registry/putManifest.ts";
import type { ImageStore } from "../store.ts";
import type { IndexEntry } from "../storeIndex.ts";

/** What has to be in a repository before a name can point to it. */
export interface OutgoingImage {
  /** What the name will point to. */
  readonly root: OutgoingDocument;
  /** What the root refers to, in the order in which it can be put. */
  readonly documents: readonly OutgoingDocument[];
  readonly blobs: readonly Descriptor[];
  /** Manifests of the index that are not here: it can be pushed only if the repository has them already. */
  readonly absent: readonly Descriptor[];
}

const maximumIndexDepth = 3;

/** The image of one name, alone: without the index that it came with. */
export async function singleImage(store: ImageStore, manifest: Descriptor): Promise<OutgoingImage> {
  const collected = new Collection(store);
  const root = await collected.manifest(manifest);
  if (root === undefined) throw incomplete(manifest);
  return { root, ...collected, absent: [] };
}

/** The image with its index, and with every platform of it that is here; undefined when it came without an index. */
export async function indexedImage(store: ImageStore, entry: IndexEntry): Promise<OutgoingImage | undefined> {
  const digest = entry.repoDigest;
  if (digest === undefined || digest === entry.manifest.digest) return undefined;
  const root = await readIndexDocument(store, digest);
  if (root === undefined) return undefined;
  const collected = new Collection(store);
  await collected.index(root, 1);
  return { root, ...collected };
}

/**
 * The manifest that `platform` means for a name: its own, or one of its index that is here as well.
 *
 * @throws EngineError `platformNotFound`.
 */
export async function manifestFor(
  store: ImageStore,
  { entry, name, platform }: { readonly entry: IndexEntry; readonly name: string; readonly platform: Platform },
): Promise<Descriptor> {
  const own = entry.manifest;
  const isOwn = own.platform !== undefined && platformDistance(platform, own.platform) !== undefined;
  if (isOwn) return own;
  const root = entry.repoDigest === undefined ? undefined : await readIndexDocument(store, entry.repoDigest);
  const offered = root === undefined ? [] : parseIndex(root.bytes, root.mediaType).manifests;
  for (const candidate of rankByPlatform(offered, platform)) {
    if ((await new Collection(store).manifest(candidate)) !== undefined) return candidate;
  }
  const there = listPlatforms(own.platform === undefined ? [] : [own]);
  throw new EngineError(
    "platformNotFound",
    `image with reference ${name} was found but does not provide the specified platform (${formatPlatform(platform)})`,
    { hint: `only ${there.join(", ")} is here`, details: { offered: there } },
  );
}

/** Gathers documents and the blobs that they name, each once. */
class Collection {
  readonly documents: OutgoingDocument[] = [];
  readonly blobs: Descriptor[] = [];
  readonly absent: Descriptor[] = [];
  readonly #store: ImageStore;
  readonly #seen = new Set<Digest>();

  constructor(store: ImageStore) {
    this.#store = store;
  }

  /** Adds what a manifest refers to; undefined, and nothing is added, when any of it is not here. */
  async manifest({ digest, mediaType }: Descriptor): Promise<OutgoingDocument | undefined> {
    const bytes = await this.#store.readDocument(digest, documentLimits.manifestBytes);
    if (bytes === undefined) return undefined;
    const blobs = distributableBlobs(parseManifest(bytes, mediaType));
    for (const blob of blobs) if (!(await this.#store.hasBlob(blob.digest))) return undefined;
    for (const blob of blobs) {
      if (!this.#seen.has(blob.digest)) this.blobs.push(blob);
      this.#seen.add(blob.digest);
    }
    return { digest, mediaType, bytes: Buffer.from(bytes) };
  }

  async index(root: OutgoingDocument, depth: number): Promise<void> {
    if (depth > maximumIndexDepth) {
      throw new EngineError("limitExceeded", `the indexes in "${root.digest}" are nested too deeply`);
    }
    for (const child of parseIndex(root.bytes, root.mediaType).manifests) {
      if (this.#seen.has(child.digest)) continue;
      this.#seen.add(child.digest);
      const document =
        documentKind(child.mediaType) === "index" ? await this.#nested(child, depth) : await this.manifest(child);
      if (document === undefined) this.absent.push(child);
      else this.documents.push(document);
    }
  }

  async #nested(child: Descriptor, depth: number): Promise<OutgoingDocument | undefined> {
    const document = await readIndexDocument(this.#store, child.digest);
    if (document !== undefined) await this.index(document, depth + 1);
    return document;
  }
}

async function readIndexDocument(store: ImageStore, digest: Digest): Promise<OutgoingDocument | undefined> {
  const bytes = await store.readDocument(digest, documentLimits.manifestBytes);
  if (bytes === undefined) return undefined;
  const mediaType = statedType(bytes);
  return documentKind(mediaType) === "index" ? { digest, mediaType, bytes: Buffer.from(bytes) } : undefined;
}

/** The OCI index may leave out what it is. */
function statedType(bytes: Uint8Array): string {
  const document: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
  const stated = typeof document === "object" && document !== null ? Reflect.get(document, "mediaType") : undefined;
  return typeof stated === "string" ? stated : mediaTypes.ociIndex;
}

/** Layers that may not be distributed and say where else they are stay behind (image-spec layer.md). */
function distributableBlobs({ config, layers }: ImageManifest): readonly Descriptor[] {
  const stays = ({ mediaType, urls }: Descriptor): boolean =>
    urls !== undefined && (mediaType.includes(".nondistributable.") || mediaType.includes(".foreign."));
  return [config, ...layers.filter((layer) => !stays(layer))];
}

function incomplete({ digest }: Descriptor): EngineError {
  return new EngineError("storeCorrupt", `the image "${digest}" is not whole: some of it is missing from the store`, {
    hint: 'pull it again, or look with "brig system check"',
    details: { digest },
  });
}
