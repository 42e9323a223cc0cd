import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { createGunzip, createGzip } from "node:zlib";
import { failPoint, fileSystemError, randomHex, syncDirectory } from "../base/index.ts";
import { type Descriptor, type DiffId, mediaTypes, parseDiffId, parseDigest } from "../oci/index.ts";
import type { LayerSink } from "./layerSink.ts";
import type { ImageStore } from "./store.ts";

export interface AddedLayer {
  readonly descriptor: Descriptor;
  readonly diffId: DiffId;
}

export interface AddLayerRequest {
  readonly store: ImageStore;
  readonly layers: LayerSink;
  /** The layer as an uncompressed tar archive. */
  readonly tar: AsyncIterable<Uint8Array>;
  /** Of the blob: gzip, in OCI's or Docker's word. */
  readonly mediaType?: string;
}

/**
 * Compresses a layer, stores it and unpacks it. Nothing is visible before it is whole and on the disk; the caller holds
 * off sweeps until an image names it.
 *
 * @throws EngineError `fileSystem`, `noSpace`, and those of an archive that cannot be unpacked.
 */
export async function addLayer({
  store,
  layers,
  tar,
  mediaType = mediaTypes.ociLayerGzip,
}: AddLayerRequest): Promise<AddedLayer> {
  const path = join(store.directory, "partial", `layer-${randomHex(8)}.tmp`);
  try {
    const { digest, diffId, size } = await compress(tar, path);
    failPoint("commit.compressed");
    await unpack(path, layers, diffId); // what cannot be unpacked is no layer, and leaves no blob
    failPoint("commit.unpacked");
    const target = store.blobPath(digest);
    await rename(path, target).catch((error: unknown) => {
      throw fileSystemError(error, "store the blob", target);
    });
    failPoint("commit.blob-renamed");
    syncDirectory(join(target, ".."));
    return { descriptor: { mediaType, digest, size }, diffId };
  } finally {
    await rm(path, { force: true });
  }
}

async function compress(tar: AsyncIterable<Uint8Array>, path: string) {
  const plain = createHash("sha256");
  const packed = createHash("sha256");
  const file = await open(path, "wx", 0o600).catch((error: unknown) => {
    throw fileSystemError(error, "make the file", path);
  });
  // The streams begin when somebody listens: an error that comes before would end the process.
  const source = Readable.from(hashed(tar, plain), { objectMode: false });
  const gzip = createGzip();
  source.once("error", (error) => gzip.destroy(error));
  source.pipe(gzip);
  let size = 0;
  try {
    for await (const chunk of gzip) {
      const bytes = chunk as Buffer; // a stream without an encoding has nothing else
      packed.update(bytes);
      size += bytes.length;
      await file.writeFile(bytes);
    }
    await file.sync();
  } catch (error) {
    source.destroy();
    throw fileSystemError(error, "write", path);
  } finally {
    await file.close();
  }
  const digest = parseDigest(`sha256:${packed.digest("hex")}`);
  return { digest, diffId: parseDiffId(`sha256:${plain.digest("hex")}`), size };
}

async function* hashed(
  tar: AsyncIterable<Uint8Array>,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of tar) {
    hash.update(chunk);
    yield chunk;
  }
}

async function unpack(path: string, layers: LayerSink, diffId: DiffId): Promise<void> {
  if (await layers.has(diffId)) return;
  const intake = await layers.begin(diffId);
  const source = createReadStream(path);
  const gunzip = createGunzip();
  source.once("error", (error) => gunzip.destroy(error));
  source.pipe(gunzip);
  try {
    for await (const chunk of gunzip) await intake.write(chunk as Buffer); // as above
    await intake.commit();
  } catch (error) {
    source.destroy();
    await intake.abort().catch(() => undefined);
    throw error;
  }
}
