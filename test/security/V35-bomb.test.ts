// @regression V35 CVE-2017-14992, CVE-2023-25153
// @wrong A small archive used up memory or disk.
// @defence Everything is a stream with bounds: compressed size as declared, unpacked size, entries, names and
//   attributes.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { brigCommand, brigEnvironment, createRoot, disposeRoot, runBrig } from "../support/brig.ts";
import { makeImage, startFaultRegistry } from "../support/faultRegistry.ts";
import { handEntry } from "../support/handTar.ts";

const [pieces, pieceBytes] = [20, 64 << 20];

/** A file of 1.25 GiB of zeros in 1.3 MB, as many members of gzip. */
function bomb(): Buffer {
  const header = gzipSync(handEntry({ name: "zeros", size: (pieces * pieceBytes).toString(8) }));
  const zeros = gzipSync(Buffer.alloc(pieceBytes));
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

test("V35: a bomb of 1.25 GiB in 1.3 MB is refused with bounded memory, and nothing of it is left", async () => {
  const registry = await startFaultRegistry(makeImage({ layer: bomb() }));
  const root = createRoot();
  try {
    const [program = "", ...args] = brigCommand(root, ["pull", `${registry.address}/app`]);
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
    assert.equal(status, 1);
    assert.match(said, /unpacks to more than 1073741824 bytes/);
    assert.ok(peak > 0 && peak < 256 << 20, `it used ${peak} bytes`);
    assert.equal((await runBrig(["images", "-q"], { root })).stdout, "");
    const check = await runBrig(["system", "check"], { root });
    assert.equal(check.code, 0, check.stdout);
  } finally {
    disposeRoot(root);
    await registry.stop();
  }
});
