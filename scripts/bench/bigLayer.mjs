// A layer of the size of a real one: about 650 MB in 11,000 files, 250 MB when compressed; always the same bytes.
import { createHash } from "node:crypto";
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";

const files = 11_000;
const meanBytes = 59_000;
const randomShare = 0.385;

/** Makes an OCI layout with one image, `big:latest`, unless it is there; returns what it holds. */
export async function makeBigLayout(directory) {
  if (!existsSync(directory)) await makeLayout(directory);
  const sizes = readdirSync(join(directory, "blobs/sha256")).map(
    (name) => statSync(join(directory, "blobs/sha256", name)).size,
  );
  return { compressedBytes: Math.max(...sizes), files };
}

async function makeLayout(directory) {
  const fresh = `${directory}.${process.pid}`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(join(fresh, "blobs/sha256"), { recursive: true });
  const layer = await writeLayer(fresh);
  const config = writeBlob(fresh, {
    architecture: { x64: "amd64", arm64: "arm64" }[process.arch],
    os: "linux",
    config: { Cmd: ["sh"] },
    rootfs: { type: "layers", diff_ids: [layer.diffId] },
  });
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = writeBlob(fresh, {
    schemaVersion: 2,
    mediaType,
    config: { mediaType: "application/vnd.oci.image.config.v1+json", ...config },
    layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", digest: layer.digest, size: layer.size }],
  });
  const annotations = { "org.opencontainers.image.ref.name": "latest" };
  writeFileSync(join(fresh, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(
    join(fresh, "index.json"),
    JSON.stringify({ schemaVersion: 2, manifests: [{ mediaType, ...manifest, annotations }] }),
  );
  renameSync(fresh, directory);
}

async function writeLayer(directory) {
  const { pack } = await import("tar-stream");
  const archive = pack();
  const [plain, packed] = [digesting(), digesting()];
  const temporary = join(directory, "layer");
  const written = pipeline(
    archive,
    plain.stream,
    createGzip({ level: 6 }),
    packed.stream,
    createWriteStream(temporary),
  );
  await fill(archive);
  await written;
  const { digest, size } = packed.result();
  renameSync(temporary, join(directory, "blobs/sha256", digest.slice("sha256:".length)));
  return { diffId: plain.result().digest, digest, size };
}

async function fill(archive) {
  const random = generator();
  for (let index = 0; index < files; index++) {
    if (index % 50 === 0) await addEntry(archive, { name: directoryOf(index), type: "directory", mode: 0o755 });
    const size = Math.floor(-Math.log(1 - random()) * meanBytes);
    await addEntry(archive, { name: `${directoryOf(index)}file${index}`, mode: 0o644 }, content(size, random));
  }
  archive.finalize();
}

const directoryOf = (index) => `usr/share/part${Math.floor(index / 50)}/`;

function addEntry(archive, header, bytes = Buffer.alloc(0)) {
  return new Promise((resolve, reject) => {
    const entry = { mtime: new Date(1_700_000_000_000), uid: 0, gid: 0, ...header };
    archive.entry(entry, bytes, (error) => (error ? reject(error) : setImmediate(resolve)));
  });
}

/** Partly noise and partly repetition, so that gzip makes of it what it makes of programs and texts. */
function content(size, random) {
  const bytes = Buffer.alloc(size, "the quick brown fox jumps over the lazy dog; ");
  const noise = Math.floor(size * randomShare);
  for (let offset = 0; offset + 4 <= noise; offset += 4)
    bytes.writeUInt32LE(Math.floor(random() * 0x1_0000_0000), offset);
  return bytes;
}

/** Mulberry32: small, quick, and the same everywhere. */
function generator(seed = 20_240_229) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

function digesting() {
  const hash = createHash("sha256");
  let size = 0;
  const stream = new Transform({
    transform(piece, _encoding, done) {
      hash.update(piece);
      size += piece.length;
      done(null, piece);
    },
  });
  return { stream, result: () => ({ digest: `sha256:${hash.digest("hex")}`, size }) };
}

function writeBlob(directory, document) {
  const bytes = Buffer.from(JSON.stringify(document));
  const hex = createHash("sha256").update(bytes).digest("hex");
  writeFileSync(join(directory, "blobs/sha256", hex), bytes);
  return { digest: `sha256:${hex}`, size: bytes.length };
}
