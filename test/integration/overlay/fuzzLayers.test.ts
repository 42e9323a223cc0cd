import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { EngineError } from "../../../src/base/index.ts";
import { type HandEntry, handArchive } from "../../support/handTar.ts";
import { makeLayerBench, stagingLeftovers, unpackArchive, wayToCanary } from "../../support/layerBench.ts";
import { mutate } from "../../support/mutate.ts";
import { createRandom } from "../../support/random.ts";
import { digestTree } from "../../support/treeDigest.ts";

const seconds = Number(process.env.BRIG_FUZZ_SECONDS ?? "1");
const seed = Number(process.env.BRIG_FUZZ_SEED ?? Date.now() % 2 ** 32);
/** Of one archive. Beside other work on the machine a helper may have to wait for a processor. */
const slowMs = 10_000;

/** Few names, so that entries meet each other: what one makes a link, another one goes through. */
function anyEntry(random: (below: number) => number, canary: string): HandEntry {
  const pick = <T>(...list: readonly [T, ...T[]]): T => list[random(list.length)] ?? list[0];
  const part = () => pick("a", "b", "c", ".", "..", "", ".wh.a", ".wh..wh..opq", "victim");
  const path = () => pick(part(), `${part()}/${part()}`, `${part()}/${part()}/${part()}`, `/${part()}`);
  const aim = () =>
    pick(path(), canary, `${canary}/victim`, wayToCanary, `${wayToCanary}/dir`, "a/..", "/proc/self/cwd");
  const link = aim();
  const type = pick("0", "1", "2", "2", "5", "3", "4", "6");
  return {
    name: pick(path(), path(), path(), `${wayToCanary}/victim`, `${canary}/victim`),
    type,
    ...(type === "1" || type === "2" ? { link, pax: { linkpath: link } } : {}),
    ...(type === "0" ? { content: "written" } : {}),
    mode: pick(0o644, 0o4777, 0o777, 0),
  };
}

/** One that must be taken and one that must be refused come first: a bench that does only one of both would prove nothing. */
const known: readonly (readonly HandEntry[])[] = [
  [{ name: "a", content: "written" }],
  [{ name: "b", type: "1", link: "missing" }],
];

test("archives of any entries are unpacked inside of their layer or refused, and touch nothing beside it", async (t) => {
  const bench = makeLayerBench(t);
  const random = createRandom(seed);
  const before = digestTree(bench.canary);
  const end = performance.now() + seconds * 1000;
  let [cases, taken] = [0, 0];
  for (; cases < known.length || performance.now() < end; cases += 1) {
    const entries = known[cases] ?? Array.from({ length: 1 + random(12) }, () => anyEntry(random, bench.canary));
    const whole = handArchive(entries);
    const archive = known[cases] === undefined && random(4) === 0 ? mutate([whole], random) : whole;
    const shown = `BRIG_FUZZ_SEED=${seed}, case ${cases}: ${JSON.stringify(entries)}`;
    const started = performance.now();
    await unpackArchive(bench.store, archive).then(
      () => {
        taken += 1;
      },
      (error: unknown) => assert.ok(error instanceof EngineError, `${shown}\n${String(error)}`),
    );
    assert.ok(performance.now() - started < slowMs, `too slow: ${shown}`);
    assert.deepEqual(digestTree(bench.canary), before, shown);
  }
  assert.deepEqual(stagingLeftovers(bench), []);
  assert.deepEqual(readdirSync(bench.directory).sort(), ["canary", "root"]);
  assert.ok(taken > 0 && taken < cases, `${taken} of ${cases} archives were taken`);
  t.diagnostic(`${cases} cases with the seed ${seed}`);
});
