// The images that pulls are measured with: OCI layouts that are made once, always of the same bytes.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { writeLayer } from "./layer.mjs";
import { benchDirectory } from "./root.mjs";

const mega = 1_000_000;
/** Layers of so many bytes before compression, in files of this mean size. */
const layers = (sizes, meanBytes) =>
  sizes.map((size) => ({ files: Math.max(1, Math.round(size / meanBytes)), meanBytes }));
const large = layers([650 * mega], 59_000);
const many = layers([60 * mega], 1_500);
const shared = layers([40 * mega, 20 * mega, 8 * mega, 2 * mega], 20_000);

/** What there is: each one or several images, of layers; `gzip` unless something else is said. */
const shapes = {
  large: { title: "one large layer", images: [large] },
  layers: {
    title: "twelve layers",
    images: [
      layers(
        [110, 60, 35, 20, 12, 8, 5, 2, 1, 0.4, 0.1, 0.01].map((size) => size * mega),
        25_000,
      ),
    ],
  },
  files: { title: "forty thousand small files", images: [many] },
  "large-zstd": { title: "one large layer, zstd", images: [large], compression: "zstd" },
  "files-zstd": { title: "forty thousand small files, zstd", images: [many], compression: "zstd" },
  huge: { title: "one layer of 2 GB", images: [layers([5200 * mega], 200_000)] },
  shared: {
    title: "ten images at a time that share four layers",
    images: Array.from({ length: 10 }, (_, index) => [
      ...shared,
      { files: 200, meanBytes: 20_000, seed: 1000 + index, name: `own${index}` },
    ]),
  },
};

/**
 * Makes the layout of a shape unless it is there. `names` are its images, by which the layout knows them too; `bytes`,
 * `files` and `layerCount` tell of all its different layers.
 */
export async function makeImages(shape) {
  const directory = join(benchDirectory, "images", shape);
  const summary = join(directory, "summary.json");
  if (!existsSync(summary)) await makeLayout(directory, shapes[shape]);
  const { default: made } = await import(summary, { with: { type: "json" } });
  return { directory, title: shapes[shape].title, ...made };
}

export const removeImages = (shape) => rmSync(join(benchDirectory, "images", shape), { recursive: true, force: true });

async function makeLayout(target, { images, compression = "gzip" }) {
  const directory = `${target}.${process.pid}`;
  mkdirSync(join(directory, "blobs/sha256"), { recursive: true });
  const made = new Map();
  const manifests = [];
  for (const [number, image] of images.entries()) {
    const written = [];
    for (const [index, layer] of image.entries()) {
      const key = JSON.stringify([index, layer]);
      if (!made.has(key)) made.set(key, await writeLayer(directory, { compression, seed: index, ...layer }));
      written.push({ ...made.get(key), mediaType: `application/vnd.oci.image.layer.v1.tar+${compression}` });
    }
    manifests.push(writeManifest(directory, `image${number}`, written));
  }
  writeFileSync(join(directory, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(join(directory, "index.json"), JSON.stringify({ schemaVersion: 2, manifests }));
  const all = [...made.values()];
  const summary = {
    names: images.map((_, number) => `image${number}`),
    bytes: all.reduce((sum, { size }) => sum + size, 0),
    files: all.reduce((sum, { files }) => sum + files, 0),
    layerCount: all.length,
  };
  writeFileSync(join(directory, "summary.json"), JSON.stringify(summary));
  mkdirSync(dirname(target), { recursive: true });
  renameSync(directory, target);
}

function writeManifest(directory, name, written) {
  const config = writeBlob(directory, {
    architecture: { x64: "amd64", arm64: "arm64" }[process.arch],
    os: "linux",
    config: { Cmd: ["sh"] },
    rootfs: { type: "layers", diff_ids: written.map(({ diffId }) => diffId) },
  });
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = writeBlob(directory, {
    schemaVersion: 2,
    mediaType,
    config: { mediaType: "application/vnd.oci.image.config.v1+json", ...config },
    layers: written.map((layer) => ({ mediaType: layer.mediaType, digest: layer.digest, size: layer.size })),
  });
  return { mediaType, ...manifest, annotations: { "org.opencontainers.image.ref.name": name } };
}

function writeBlob(directory, document) {
  const bytes = Buffer.from(JSON.stringify(document));
  const hex = createHash("sha256").update(bytes).digest("hex");
  writeFileSync(join(directory, "blobs/sha256", hex), bytes);
  return { digest: `sha256:${hex}`, size: bytes.length };
}
