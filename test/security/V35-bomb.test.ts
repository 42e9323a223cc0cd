// @regression V35 CVE-2017-14992, CVE-2023-25153
// @wrong A small archive used up memory or disk.
// @defence Everything is a stream with bounds: compressed size as declared, unpacked size, entries, names and
//   attributes.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { brigCommand, brigEnvironment, createRoot, disposeRoot, runBrig, type TestRoot } from "../support/brig.ts";
import { makeImage, startFaultRegistry } from "../support/faultRegistry.ts";
import { handEntry } from "../support/handTar.ts";

const [pieces, pieceBytes] = [20, 64 << 20];

type Compress = (bytes: Buffer) => Buffer;

const zstd =
  (...flags: readonly string[]): Compress =>
  (input) => {
    const { status, stdout, stderr } = spawnSync("zstd", ["-q", "-c", ...flags], { input, maxBuffer: 1 << 26 });
    assert.equal(status, 0, String(stderr));
    return stdout;
  };

/** A file of 1.25 GiB of zeros in 1.3 MB or less, as many members of gzip or frames of zstd. */
function bomb(compress: Compress): Buffer {
  const header = compress(handEntry({ name: "zeros", size: (pieces * pieceBytes).toString(8) }));
  const zeros = compress(Buffer.alloc(pieceBytes));
  return Buffer.concat([header, ...Array.from({ length: pieces }, () => zeros)]);
}

/** The most memory that a process has used, in bytes; 0 when it has gone. */
function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

const tooLarge = /unpacks to more than 1073741824 bytes/;
// Of a stream whose size zstd does not know it writes the window it was told, whatever comes.
const wide = zstd("--ultra", "--long=31");

for (const { name, layer, type, refusal } of [
  { name: "gzip", layer: () => bomb((bytes) => gzipSync(bytes)), type: "gzip", refusal: tooLarge },
  { name: "zstd", layer: () => bomb(zstd()), type: "zstd", refusal: tooLarge },
  {
    name: "zstd with windows of 128 MiB",
    layer: () => bomb(zstd("--ultra", "--long=27")),
    type: "zstd",
    refusal: tooLarge,
  },
  {
    name: "zstd with a window of 2 GiB",
    layer: () => wide(handEntry({ name: "empty", size: "0" })),
    type: "zstd",
    refusal: /is not a whole zstd stream\nhint: .* a window of more than 128 MiB/,
  },
]) {
  test(`V35: a bomb of ${name} is refused with bounded memory, and nothing of it is left`, async () => {
    const image = makeImage({ layer: layer(), layerType: `application/vnd.oci.image.layer.v1.tar+${type}` });
    const registry = await startFaultRegistry(image);
    const root = createRoot();
    try {
      const { status, said, peak } = await watchedPull(root, `${registry.address}/app`);
      assert.equal(status, 1);
      assert.match(said, refusal);
      assert.ok(peak > 0 && peak < 256 << 20, `it used ${peak} bytes`);
      assert.equal((await runBrig(["images", "-q"], { root })).stdout, "");
      const check = await runBrig(["system", "check"], { root });
      assert.equal(check.code, 0, check.stdout);
    } finally {
      disposeRoot(root);
      await registry.stop();
    }
  });
}

async function watchedPull(root: TestRoot, reference: string) {
  const [program = "", ...args] = brigCommand(root, ["pull", reference]);
  const child = spawn(program, args, { env: brigEnvironment(root), stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, peakOf(child.pid ?? 0));
  }, 50);
  const [status] = await once(child, "close").finally(() => clearInterval(watch));
  return { status, said, peak };
}
