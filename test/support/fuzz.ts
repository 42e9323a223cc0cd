import assert from "node:assert/strict";
import { mutate } from "./mutate.ts";
import { createRandom } from "./random.ts";

/** How long each target is tried. */
const seconds = Number(process.env.BRIG_FUZZ_SECONDS ?? "0.5");
/** What a failure has printed, to repeat it. */
const givenSeed = process.env.BRIG_FUZZ_SEED;
const slowMs = 1000;
const maxHeapBytes = 256 * 1024 * 1024;

/**
 * Gives changed copies of the examples to `take` for as long as BRIG_FUZZ_SECONDS says, half a second without it. Fails,
 * with the seed, the number and the bytes of the case, when one throws, takes longer than a second, or when the heap has
 * grown by more than 256 MiB.
 */
export function fuzz(
  examples: readonly (string | Uint8Array)[],
  take: (bytes: Buffer) => void,
): { readonly cases: number; readonly seed: number } {
  const seed = givenSeed === undefined ? Date.now() % 2 ** 32 : Number(givenSeed);
  const random = createRandom(seed);
  const corpus = examples.map((example) => Buffer.from(example));
  const heap = process.memoryUsage().heapUsed;
  const end = performance.now() + seconds * 1000;
  let cases = 0;
  for (; performance.now() < end; cases += 1) {
    const bytes = mutate(corpus, random);
    const shown = () => `BRIG_FUZZ_SEED=${seed}, case ${cases}: ${JSON.stringify(bytes.toString("latin1"))}`;
    const started = process.cpuUsage();
    try {
      take(bytes);
    } catch (cause) {
      throw new Error(shown(), { cause });
    }
    assert.ok(process.cpuUsage(started).user / 1000 < slowMs, `too slow: ${shown()}`);
    if (cases % 1000 === 0)
      assert.ok(process.memoryUsage().heapUsed - heap < maxHeapBytes, `too much memory: ${shown()}`);
  }
  return { cases, seed };
}
