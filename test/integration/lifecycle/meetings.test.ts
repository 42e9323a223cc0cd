import assert from "node:assert/strict";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { listNames } from "../../../src/base/index.ts";
import { type BrigResult, brigOk, disposeRoot, runBrig, type TestRoot } from "../../support/brig.ts";
import { busyboxLayout } from "../../support/fixtures.ts";
import { imageRoot } from "../../support/pulledRoot.ts";
import { createRandom } from "../../support/random.ts";

let root: TestRoot;
let image = "";

before(async () => {
  ({ root, image } = await imageRoot(await busyboxLayout()));
});

after(() => disposeRoot(root));

/** `BRIG_SEED=7` tries other pairs. */
const seed = Number(process.env.BRIG_SEED ?? 3);
const atOnce = 3;
const timeMs = 14_000;

/** What is done to a container; one of the two that meet is always the removal, a start, a stop or a restart. */
const others: readonly ((name: string) => readonly string[])[] = [
  (name) => ["rename", name, `${name}-renamed`],
  (name) => ["update", "--restart", "no", name],
  (name) => ["inspect", name],
];
const changes: readonly ((name: string) => readonly string[])[] = [
  (name) => ["rm", "-f", "-v", name],
  (name) => ["start", name],
  (name) => ["stop", "-t", "1", name],
  (name) => ["restart", "-t", "1", name],
];
const ways = ["run -d", "create"] as const;

/** Docker's sentences for a container that another command has changed, stopped or removed. */
const sentences =
  /No such container: met|is not running|is already paused|is paused|paused container|marked for removal|cannot remove container|is restarting|no such object: met|stopped container/;

async function meet(round: string, random: (below: number) => number): Promise<void> {
  const name = `met-${round}`;
  const pick = <One>(list: readonly One[]): One => list[random(list.length)] as One; // `random` stays below the length
  const pair = [pick(changes)(name), pick([...changes, ...others])(name)];
  const command = ["sh", "-c", "trap 'exit 7' TERM; while :; do sleep 0.05; done"];
  const words = pick(ways).split(" ");
  await brigOk([...words, "--name", name, "--network", "bridge", "-v", "/anonymous", image, ...command], { root });
  const results = await Promise.all(pair.map((args) => runBrig(args, { root, timeoutMs: 30_000 })));
  await runBrig(["rm", "-f", "-v", name, `${name}-renamed`], { root });
  for (const [index, result] of results.entries()) requireTrue(result, { pair, index });
}

/** Whichever lost says so in Docker's words. */
function requireTrue(
  { code, stderr }: BrigResult,
  { pair, index }: { readonly pair: readonly (readonly string[])[]; readonly index: number },
): void {
  const verb = pair[index]?.join(" ") ?? "";
  const said = `seed ${seed}: ${pair.map((words) => words.join(" ")).join(" beside ")}: ${verb}: ${code} ${stderr}`;
  assert.ok(code === 0 || sentences.test(stderr), said);
  assert.doesNotMatch(stderr, /\/containers\/|ENOENT|ESRCH|helper|^ {4}at /m, said);
}

test("two verbs that meet on one container: one of them wins, the other says so, and nothing is left", async () => {
  const random = createRandom(seed);
  const deadline = Date.now() + timeMs;
  for (let round = 0; Date.now() < deadline; round += 1) {
    await Promise.all(Array.from({ length: atOnce }, (_, index) => meet(`${round}-${index}`, random)));
  }
  await brigOk(["system", "check"], { root });
  for (const place of ["containers", "idranges", "pending", "volumes"]) {
    assert.deepEqual(listNames(join(root.root, place)), [], place);
  }
  assert.deepEqual(listNames(join(root.runRoot, "containers")), []);
});
