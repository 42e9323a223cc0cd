import { EngineError } from "../base/index.ts";
import {
  type Descriptor,
  type Digest,
  type DocumentKind,
  documentKind,
  documentLimits,
  type ImageConfig,
  type ImageManifest,
  isImageConfigType,
  type Platform,
  parseImageConfig,
  parseIndex,
  parseManifest,
} from "../oci/index.ts";
import { checkLayerCount, checkLayerTypes, platformOf } from "./checkImage.ts";
import { matchesDigest } from "./digest.ts";
import { formatPlatform, listPlatforms, platformDistance, rankByPlatform } from "./platform.ts";
import type { PullStore } from "./pullStore.ts";
import type { ImageRef } from "./reference.ts";
import { readRemoteBlob } from "./registry/blob.ts";
import type { RepositoryClient } from "./registry/client.ts";

export interface ResolveRequest {
  readonly reference: ImageRef;
  readonly platform: Platform;
  /** Whether the user asked for this platform, or it is just this machine's. */
  readonly isPlatformExplicit: boolean;
  readonly client: RepositoryClient;
  readonly store: PullStore;
}

/** A document with the bytes that its digest was computed over. */
export interface RemoteDocument {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

/** An image of which everything is known but its layers. Nothing is stored yet. */
export interface ResolvedImage {
  /** The digest that the registry knows the reference by: of the index if there is one. */
  readonly digest: Digest;
  readonly manifestDescriptor: Descriptor;
  readonly manifest: ImageManifest;
  readonly config: ImageConfig;
  readonly platform: Platform;
  /** In the order in which they should be stored: what is referred to comes before what refers to it. */
  readonly documents: readonly RemoteDocument[];
  readonly notices: readonly string[];
}

const maximumIndexDepth = 3;

/**
 * Finds the manifest and configuration that a reference means for a platform. Documents that the store has are not
 * asked for again; everything else is verified against its descriptor.
 *
 * @throws EngineError of the registry and of the validators; `platformNotFound`.
 */
export async function resolveRemote(request: ResolveRequest): Promise<ResolvedImage> {
  const root = await readRoot(request);
  const chosen = await choose(request, [root]);
  if (chosen === undefined) throw notOffered(request, root);
  const [manifestDocument] = chosen;
  if (manifestDocument === undefined) throw new Error("a chosen path has a manifest");
  const { descriptor, bytes } = manifestDocument;
  const manifest = parseManifest(bytes, descriptor.mediaType);
  checkLayerTypes(request.client.name, manifest);
  const configBytes = await readConfig(request, manifest.config);
  const config = parseImageConfig(configBytes);
  checkLayerCount(request.client.name, manifest, config);
  return {
    digest: root.descriptor.digest,
    manifestDescriptor: descriptor,
    manifest,
    config,
    platform: platformOf(config),
    documents: [{ bytes: configBytes, mediaType: manifest.config.mediaType }, ...chosen.map(asDocument)],
    notices: checkPlatform(request, config),
  };
}

interface ReadDocument {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

function asDocument({ bytes, descriptor }: ReadDocument): RemoteDocument {
  return { bytes, mediaType: descriptor.mediaType };
}

/** What the reference itself names. A known digest makes the request for the document unnecessary. */
async function readRoot({ reference, client, store }: ResolveRequest): Promise<ReadDocument> {
  const name = reference.digest ?? reference.tag ?? "latest";
  const head = await client.head(name);
  if (reference.digest !== undefined && head !== undefined && head.digest !== reference.digest) {
    throw new EngineError(
      "digestMismatch",
      `the registry answers "${head.digest}" for the digest "${reference.digest}" of "${client.name}"`,
    );
  }
  if (head !== undefined && documentKind(head.mediaType) !== undefined) {
    const bytes = await readLocal(store, head.digest, documentLimits.manifestBytes);
    if (bytes !== undefined) return { descriptor: { ...head, size: bytes.length }, bytes };
  }
  const { bytes, digest, mediaType } = await client.manifest(head?.digest ?? name);
  return { descriptor: { mediaType, digest, size: bytes.length }, bytes };
}

/**
 * Walks from the last document of `path` to a manifest for the platform. Returns the manifest followed by the indexes
 * that lead to it, or undefined when this way offers none.
 */
async function choose(
  request: ResolveRequest,
  path: readonly [ReadDocument, ...ReadDocument[]],
): Promise<readonly ReadDocument[] | undefined> {
  const [{ descriptor, bytes }] = path;
  const kind = requireKind(descriptor.mediaType);
  if (kind === "manifest") return path;
  if (path.length > maximumIndexDepth) {
    throw new EngineError("limitExceeded", `the indexes of "${request.client.name}" are nested too deeply`);
  }
  const entries = parseIndex(bytes, descriptor.mediaType).manifests;
  for (const entry of rankByPlatform(entries, request.platform)) {
    if (documentKind(entry.mediaType) === undefined) continue;
    const next = { descriptor: entry, bytes: await readByDescriptor(request, entry) };
    const found = await choose(request, [next, ...path]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function requireKind(mediaType: string): DocumentKind {
  const kind = documentKind(mediaType);
  if (kind === "schema1") {
    // The validator has the words for it.
    parseManifest(new Uint8Array(0), mediaType);
  }
  if (kind !== undefined) return kind;
  throw new EngineError(
    "unsupportedMediaType",
    `the registry serves "${mediaType.slice(0, 200)}", which is not an image`,
    {
      hint: "brig pulls OCI images and Docker images of schema 2",
    },
  );
}

async function readByDescriptor({ client, store }: ResolveRequest, descriptor: Descriptor): Promise<Uint8Array> {
  const { digest, size } = descriptor;
  if (size > documentLimits.manifestBytes) throw tooLarge(digest, size, documentLimits.manifestBytes);
  const bytes = (await readLocal(store, digest, documentLimits.manifestBytes)) ?? (await client.manifest(digest)).bytes;
  if (bytes.length === size) return bytes;
  throw new EngineError("sizeMismatch", `the manifest "${digest}" has ${bytes.length} bytes, its index says ${size}`);
}

/**
 * The configuration of an image, from the store or the registry, verified.
 *
 * @throws EngineError `unsupportedMediaType` for an artefact's, `limitExceeded`, `digestMismatch`, and those of requests.
 */
export async function readConfig(
  { client, store }: Pick<ResolveRequest, "client" | "store">,
  descriptor: Descriptor,
): Promise<Uint8Array> {
  const { digest, size, mediaType } = descriptor;
  if (!isImageConfigType(mediaType)) {
    throw new EngineError(
      "unsupportedMediaType",
      `"${client.name}" is not a container image: its configuration is "${mediaType.slice(0, 200)}"`,
    );
  }
  if (size > documentLimits.configBytes) throw tooLarge(digest, size, documentLimits.configBytes);
  const local = await readLocal(store, digest, documentLimits.configBytes);
  if (local !== undefined) return local;
  const chunks: Uint8Array[] = [];
  for await (const chunk of readRemoteBlob(client, descriptor, 0)) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  if (matchesDigest(bytes, digest)) return bytes;
  throw new EngineError(
    "digestMismatch",
    `the configuration of "${client.name}" is not what its digest "${digest}" says`,
    {
      hint: "the registry or something on the way changed it; nothing was kept",
    },
  );
}

/** A damaged document counts as absent: the pull brings it again. */
async function readLocal(store: PullStore, digest: Digest, maxBytes: number): Promise<Uint8Array | undefined> {
  try {
    return await store.readDocument(digest, maxBytes);
  } catch (error) {
    if (error instanceof EngineError && error.code === "storeCorrupt") return undefined;
    throw error;
  }
}

/** Returns what to tell the user about an image that is for another machine, or throws when it was asked not to be. */
function checkPlatform(request: ResolveRequest, config: ImageConfig): readonly string[] {
  const actual = platformOf(config);
  if (platformDistance(request.platform, actual) !== undefined) return [];
  const [is, asked] = [formatPlatform(actual), formatPlatform(request.platform)];
  if (request.isPlatformExplicit || actual.os !== "linux") {
    throw new EngineError(
      "platformNotFound",
      `image with reference ${request.client.name} was found but its platform (${is}) does not match the specified platform (${asked})`,
      {
        hint: `leave out --platform, or ask for ${is}`,
        details: { offered: [is] },
      },
    );
  }
  return [`the image's platform (${is}) does not match this machine's platform (${asked})`];
}

function notOffered(request: ResolveRequest, root: ReadDocument): EngineError {
  const wanted = formatPlatform(request.platform);
  const offered = listPlatforms(parseIndex(root.bytes, root.descriptor.mediaType).manifests);
  return new EngineError("platformNotFound", `no matching manifest for ${wanted} in the manifest list entries`, {
    hint:
      offered.length === 0
        ? "the index lists no platform"
        : `"${request.client.name}" exists for ${offered.slice(0, 30).join(", ")}`,
    details: { offered },
  });
}

function tooLarge(digest: Digest, size: number, maximum: number): EngineError {
  return new EngineError("limitExceeded", `the document "${digest}" has ${size} bytes; at most ${maximum} are allowed`);
}
