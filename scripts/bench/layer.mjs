// One layer of many files, with contents that compress and decompress about as programs and texts do.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createWriteStream, renameSync } from "node:fs";
import { join } from "node:path";
import { Duplex, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";

const filesInDirectory = 50;
const poolBytes = 16 << 20;
/** Of each file so much is words, and so much noise; the rest is long repetition, as tables and padding are. */
const [wordShare, noiseShare] = [0.65, 0.12];

/** Writes a layer as a blob of the layout; resolves with its descriptor's numbers. */
export async function writeLayer(directory, { files, meanBytes, compression, seed, name = `layer${seed}` }) {
  const { pack } = await import("tar-stream");
  const archive = pack();
  const [plain, packed] = [digesting(), digesting()];
  const temporary = join(directory, "layer");
  const written = pipeline(
    archive,
    plain.stream,
    compressors[compression](),
    packed.stream,
    createWriteStream(temporary),
  );
  await fill(archive, { files, meanBytes, seed, name });
  await written;
  const { digest, size } = packed.result();
  renameSync(temporary, join(directory, "blobs/sha256", digest.slice("sha256:".length)));
  return { diffId: plain.result().digest, digest, size, files };
}

const compressors = {
  gzip: () => createGzip({ level: 6 }),
  zstd: () => {
    const { stdin, stdout } = spawn("zstd", ["-3", "-c"], { stdio: ["pipe", "pipe", "inherit"] });
    return Duplex.from({ writable: stdin, readable: stdout });
  },
};

async function fill(archive, { files, meanBytes, seed, name }) {
  const random = generator(20_240_229 + seed);
  const pools = { words: words(random), noise: noise(random) };
  for (let index = 0; index < files; index++) {
    const directory = `usr/share/${name}/part${Math.floor(index / filesInDirectory)}/`;
    if (index % filesInDirectory === 0) await addEntry(archive, { name: directory, type: "directory", mode: 0o755 });
    const size = Math.floor(-Math.log(1 - random()) * meanBytes);
    await addEntry(archive, { name: `${directory}file${index}`, mode: 0o644 }, content(size, pools, random));
  }
  archive.finalize();
}

function addEntry(archive, header, bytes = Buffer.alloc(0)) {
  return new Promise((resolve, reject) => {
    const entry = { mtime: new Date(1_700_000_000_000), uid: 0, gid: 0, ...header };
    archive.entry(entry, bytes, (error) => (error ? reject(error) : setImmediate(resolve)));
  });
}

/** Slices of the pools from anywhere: nothing comes again within what a compressor remembers. */
function content(size, pools, random) {
  const bytes = Buffer.alloc(size, "the quick brown fox jumps over the lazy dog; ");
  const copy = (pool, from, length) => {
    for (let done = 0; done < length; ) {
      const start = Math.floor(random() * pool.length);
      done += pool.copy(bytes, from + done, start, start + Math.min(length - done, 1 << 20));
    }
  };
  const [wordBytes, noiseBytes] = [Math.floor(size * wordShare), Math.floor(size * noiseShare)];
  copy(pools.words, 0, wordBytes);
  copy(pools.noise, wordBytes, noiseBytes);
  return bytes;
}

/** Text of a few thousand made-up words, some far more frequent than others. */
function words(random) {
  const letters = "etaoinshrdlucmfwypvbgkjqxz";
  const word = () =>
    Array.from({ length: 2 + Math.floor(random() * 9) }, () => letters[Math.floor(letters.length * random() ** 2)]);
  const vocabulary = Array.from({ length: 6000 }, () => `${word().join("")} `);
  const pool = Buffer.alloc(poolBytes);
  for (let at = 0; at < pool.length; )
    at += pool.write(vocabulary[Math.floor(vocabulary.length * random() ** 3)], at, "latin1") || 1;
  return pool;
}

function noise(random) {
  const pool = Buffer.alloc(poolBytes);
  for (let at = 0; at < pool.length; at += 4) pool.writeUInt32LE(Math.floor(random() * 0x1_0000_0000), at);
  return pool;
}

/** Mulberry32: small, quick, and the same everywhere. */
function generator(seed) {
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
