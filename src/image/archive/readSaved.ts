import { createHash } from "node:crypto";
import { EngineError } from "../../base/index.ts";
import {
  type Descriptor,
  type DiffId,
  type Digest,
  documentLimits,
  type ImageConfig,
  isDigest,
  type LayerCompression,
  mediaTypes,
  parseDigest,
  parseImageConfig,
  parseManifest,
  parseSaved,
} from "../../oci/index.ts";
import { checkLayerCount } from "../checkImage.ts";
import { digestOf } from "../digest.ts";
import { sniffCompression } from "../openArchive.ts";
import { newImageName } from "../reference.ts";
import type { ArchiveImage, ArchiveName } from "./archiveImage.ts";
import type { ImageArchive } from "./imageArchive.ts";

/** One entry of manifest.json with its configuration. */
export interface SavedEntry {
  readonly names: readonly ArchiveName[];
  readonly id: Digest;
  readonly config: ImageConfig;
  readonly configBytes: Buffer;
  /** The files of the layers, the lowest first. */
  readonly layers: readonly string[];
}

/**
 * The images that manifest.json lists (Docker's image specification v1.2).
 *
 * @throws EngineError of the validators; `digestMismatch` for a configuration that is not what its file name says.
 */
export async function readSaved(archive: ImageArchive): Promise<readonly SavedEntry[]> {
  const entries: SavedEntry[] = [];
  for (const saved of parseSaved(await archive.document("manifest.json", documentLimits.manifestBytes))) {
    const path = archive.named(saved.config);
    const configBytes = await archive.document(path, documentLimits.configBytes);
    const id = digestOf(configBytes);
    checkFileName(path, id);
    const config = parseImageConfig(configBytes);
    checkLayerCount(path, saved, config);
    const layers = saved.layers.map((layer) => archive.named(layer));
    entries.push({
      names: saved.repoTags.map((text) => ({ reference: newImageName(text) })),
      id,
      config,
      configBytes,
      layers,
    });
  }
  return entries;
}

/** Docker calls the file by the digest that its content has; other tools may call it as they like. */
function checkFileName(path: string, id: Digest): void {
  const name = path.slice(path.lastIndexOf("/") + 1).replace(/\.json$/, "");
  const stated = name.startsWith("sha256:") ? name : `sha256:${name}`;
  if (!isDigest(stated) || stated === id) return;
  throw new EngineError("digestMismatch", `"${path.slice(0, 200)}" of the image archive is not what its digest says`);
}

const layerTypes: Readonly<Record<LayerCompression, string>> = {
  none: mediaTypes.ociLayer,
  gzip: mediaTypes.ociLayerGzip,
  zstd: mediaTypes.ociLayerZstd,
};

/**
 * Gives an image of an archive without manifests one, always the same for the same files. Layers stay as they are, so
 * that a digest which somebody wrote down for one of them still holds.
 *
 * @throws EngineError `unsupportedMediaType` for a layer that is compressed with xz or bzip2.
 */
export async function makeManifest(archive: ImageArchive, entry: SavedEntry): Promise<ArchiveImage> {
  const { config, configBytes, id } = entry;
  const paths = new Map<Digest, string>();
  const layers: Descriptor[] = [];
  for (const [index, path] of entry.layers.entries()) {
    const diffId = config.rootfs.diff_ids[index];
    if (diffId === undefined) throw new Error("the numbers of layers and diffIds were compared before");
    const layer = await describeLayer(archive, path, diffId);
    paths.set(layer.digest, path);
    layers.push(layer);
  }
  const described = { mediaType: mediaTypes.ociConfig, digest: id, size: configBytes.length };
  const mediaType = mediaTypes.ociManifest;
  const manifestBytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, config: described, layers }));
  const descriptor = { mediaType, digest: digestOf(manifestBytes), size: manifestBytes.length };
  const manifest = parseManifest(manifestBytes, mediaType);
  return { descriptor, manifestBytes, manifest, config, configBytes, isManifestMade: true, paths };
}

/** A plain layer must have the digest that the configuration says, or nothing of the image is kept: no need to read it twice. */
async function describeLayer(archive: ImageArchive, path: string, diffId: DiffId): Promise<Descriptor> {
  const size = archive.sizeOf(path);
  const compression = sniffCompression(await firstBytes(archive, path));
  if (compression === "none") return { mediaType: layerTypes.none, digest: diffId, size };
  const hash = createHash("sha256");
  for await (const chunk of archive.read(path)) hash.update(chunk);
  return { mediaType: layerTypes[compression], digest: parseDigest(`sha256:${hash.digest("hex")}`), size };
}

async function firstBytes(archive: ImageArchive, path: string): Promise<Buffer> {
  for await (const chunk of archive.read(path)) return chunk.subarray(0, 8);
  return Buffer.alloc(0);
}
