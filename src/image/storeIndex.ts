import { EngineError, writeFileAtomic } from "../base/index.ts";
import { type Descriptor, type Digest, isDigest, mediaTypes, type Platform } from "../oci/index.ts";
import { readBounded, type StoreLayout } from "./storeLayout.ts";

/** The annotations of a descriptor in index.json. The first one is the specification's, the others are ours. */
const refName = "org.opencontainers.image.ref.name";
/** The digest that the registry gave for a name; also beside the names in the archives of `save`. */
export const repoDigestAnnotation = "dev.brig.image.repo-digest";
const imageIdName = "dev.brig.image.id";
const pushedName = "dev.brig.image.pushed";

/**
 * One descriptor of index.json: one name of one image. A descriptor that another tool wrote has only some of this;
 * everything in it survives our changes.
 */
export interface IndexEntry {
  /** `docker.io/library/alpine:3.20`, or `docker.io/library/alpine@sha256:...`; absent for an image without a name. */
  readonly name?: string;
  readonly manifest: Descriptor;
  /** The digest of the configuration. Lets an id be found without opening any manifest. */
  readonly imageId?: Digest;
  /** The digest that the registry gave for the name: of the index if there is one, else of the manifest. */
  readonly repoDigest?: Digest;
  /**
   * What a push left here beyond an image of this machine. `index`: the index that `repoDigest` names stays with all
   * that it lists, to be served again. `other`: no image that could be run here; it is only kept and served.
   */
  readonly pushed?: "index" | "other";
  /** Members that we do not know, as they were. */
  readonly foreign: Readonly<Record<string, unknown>>;
  readonly foreignAnnotations: Readonly<Record<string, unknown>>;
}

const maximumIndexBytes = 64 << 20;

/** Reads index.json. It is replaced by rename(2), so readers take no lock and see one whole state; none yet is empty. */
export function readIndex(layout: StoreLayout): readonly IndexEntry[] {
  const bytes = readBounded(layout.index, maximumIndexBytes);
  if (bytes === undefined) return [];
  try {
    const document: unknown = JSON.parse(bytes.toString("utf8"));
    if (isObject(document) && Array.isArray(document.manifests)) return document.manifests.map(parseEntry);
  } catch (cause) {
    throw corrupt(layout, cause);
  }
  throw corrupt(layout);
}

function corrupt(layout: StoreLayout, cause?: unknown): EngineError {
  return new EngineError("storeCorrupt", `cannot read the names of the images: "${layout.index}" is not an OCI index`, {
    hint: `move "${layout.index}" away and pull the images again; blobs that are still there are not downloaded twice`,
    cause,
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseEntry(value: unknown): IndexEntry {
  if (!isObject(value)) throw new Error("a descriptor is not an object");
  const { mediaType, digest, size, platform, annotations, ...foreign } = value;
  if (typeof digest !== "string" || !isDigest(digest) || !Number.isSafeInteger(size))
    throw new Error("a bad descriptor");
  const {
    [refName]: name,
    [repoDigestAnnotation]: repoDigest,
    [imageIdName]: imageId,
    [pushedName]: pushed,
    ...foreignAnnotations
  } = isObject(annotations) ? annotations : {};
  return {
    ...(typeof name === "string" && name !== "" ? { name } : {}),
    manifest: {
      mediaType: typeof mediaType === "string" ? mediaType : mediaTypes.ociManifest,
      digest,
      size: Number(size),
      ...(isPlatform(platform) ? { platform } : {}),
    },
    ...(typeof imageId === "string" && isDigest(imageId) ? { imageId } : {}),
    ...(typeof repoDigest === "string" && isDigest(repoDigest) ? { repoDigest } : {}),
    ...(pushed === "index" || pushed === "other" ? { pushed } : {}),
    foreign,
    foreignAnnotations,
  };
}

function isPlatform(value: unknown): value is Platform {
  return isObject(value) && typeof value.os === "string" && typeof value.architecture === "string";
}

/** Replaces index.json durably. The caller holds the index lock since it read what it changed. */
export function writeIndex(layout: StoreLayout, entries: readonly IndexEntry[]): void {
  writeFileAtomic(layout.index, formatIndex(entries), { durable: true });
}

/** The text of index.json (image-spec image-index.md). */
export function formatIndex(entries: readonly IndexEntry[]): string {
  const document = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: entries.map(formatEntry) };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function formatEntry(entry: IndexEntry): object {
  const { name, manifest, imageId, repoDigest, pushed, foreign, foreignAnnotations } = entry;
  const annotations = {
    ...foreignAnnotations,
    ...(name === undefined ? {} : { [refName]: name }),
    ...(repoDigest === undefined ? {} : { [repoDigestAnnotation]: repoDigest }),
    ...(imageId === undefined ? {} : { [imageIdName]: imageId }),
    ...(pushed === undefined ? {} : { [pushedName]: pushed }),
  };
  const { mediaType, digest, size, platform } = manifest;
  return {
    mediaType,
    digest,
    size,
    ...(platform === undefined ? {} : { platform }),
    ...foreign,
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
}
