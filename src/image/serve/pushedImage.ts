import { EngineError } from "../../base/index.ts";
import {
  type Digest,
  documentLimits,
  type ImageConfig,
  type ImageManifest,
  isImageConfigType,
  layerCompression,
  type Platform,
  parseImageConfig,
} from "../../oci/index.ts";
import { defaultExpansionLimits } from "../decompress.ts";
import { digestAlgorithm } from "../digest.ts";
import { hostPlatform, normalizePlatform, platformDistance } from "../platform.ts";
import { unpackStored } from "../pullLayer.ts";
import type { Pushes } from "./pushes.ts";

/** An image that is unpacked and can be run, if not by this machine itself then by an interpreter. */
export interface UsableImage {
  readonly platform: Platform;
  readonly imageId: Digest;
}

/**
 * Unpacks the layers of a manifest whose blobs are all here, with all the checks of a pull. Undefined for what is no
 * image that brig could run: an artefact, another system, layers that are not what the configuration says; with `ours`
 * also for another architecture.
 *
 * @throws EngineError `noSpace`, `fileSystem` and others that say nothing about the image.
 */
export async function takeImage(
  pushes: Pushes,
  manifest: ImageManifest,
  platforms: "any" | "ours",
): Promise<UsableImage | undefined> {
  const config = await readConfig(pushes, manifest);
  if (config === undefined || config.os !== "linux") return undefined;
  const platform = platformOf(config);
  if (platforms === "ours" && platformDistance(hostPlatform(), platform) === undefined) return undefined;
  const diffIds = config.rootfs.diff_ids;
  const areKnown = manifest.layers.every(({ mediaType }) => layerCompression(mediaType) !== undefined);
  if (!areKnown || diffIds.length !== manifest.layers.length) return undefined;
  try {
    await unpackAll(pushes, manifest, config);
  } catch (error) {
    if (isAboutTheImage(error)) return undefined;
    throw error;
  }
  return { platform, imageId: manifest.config.digest };
}

async function readConfig({ store }: Pushes, { config }: ImageManifest): Promise<ImageConfig | undefined> {
  // The store knows images by sha256.
  if (!isImageConfigType(config.mediaType) || digestAlgorithm(config.digest) !== "sha256") return undefined;
  try {
    const bytes = await store.readDocument(config.digest, documentLimits.configBytes);
    return bytes === undefined ? undefined : parseImageConfig(bytes);
  } catch (error) {
    if (isAboutTheImage(error)) return undefined;
    throw error;
  }
}

function platformOf({ os, architecture, variant }: ImageConfig): Platform {
  return normalizePlatform({ os, architecture, ...(variant === undefined ? {} : { variant }) });
}

async function unpackAll({ store, layers }: Pushes, manifest: ImageManifest, config: ImageConfig): Promise<void> {
  const { signal } = new AbortController();
  const setting = { store, layers, limits: defaultExpansionLimits, signal, report: () => undefined };
  for (const [index, descriptor] of manifest.layers.entries()) {
    const diffId = config.rootfs.diff_ids[index];
    if (diffId !== undefined) await unpackStored({ descriptor, diffId }, setting);
  }
}

const imageFaults: ReadonlySet<string> = new Set([
  "malformedDocument",
  "limitExceeded",
  "diffIdMismatch",
  "malformedLayer",
  "unsafeLayer",
  "unsupportedMediaType",
]);

function isAboutTheImage(error: unknown): boolean {
  return error instanceof EngineError && imageFaults.has(error.code);
}
