import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import type { BrigResult } from "../brig.ts";
import type { Scenario, Script } from "./scenario.ts";
import { type Snapshot, takeSnapshot } from "./snapshot.ts";
import { type Interference, interfere, runHere, type World } from "./world.ts";

/** How long what was killed may take to disappear: its container's processes end in their own time. */
const patienceMs = 30_000;
/** The longest that a command may wait for something that a dead process held (I7); this machine has other work. */
const promptMs = 30_000;

/**
 * Kills something at a point and looks at the twelve invariants of SECURITY-BASELINE.md 5.4: what must hold at once, that
 * the operation can be repeated, and that afterwards nothing is left but what was there before.
 */
export async function killAndLook(world: World, scenario: Scenario, interference: Interference): Promise<void> {
  const before = takeSnapshot(world);
  try {
    await killAt(world, scenario, interference);
    await runScript(world, scenario.again ?? [scenario.operation]);
  } finally {
    await runScript(world, tolerant(scenario.undo ?? []));
  }
  await compare(world, before);
  await checkSystem(world, []);
}

/** As `killAndLook`, but what was left is repaired first: then nothing is wrong any more, and the operation still works. */
export async function killAndRepair(world: World, scenario: Scenario, interference: Interference): Promise<void> {
  const before = takeSnapshot(world);
  try {
    await killAt(world, scenario, interference);
    await checkSystem(world, ["--repair"]);
    await runScript(world, scenario.again ?? [scenario.operation]);
  } finally {
    await runScript(world, tolerant(scenario.undo ?? []));
  }
  await compare(world, before);
}

/** I1, I5 to I12 by brig's own eyes. */
async function checkSystem(world: World, flags: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await runHere(world, ["system", "check", ...flags]);
  assert.equal(code, 0, stdout + stderr);
}

async function killAt(world: World, scenario: Scenario, interference: Interference): Promise<void> {
  await runScript(world, scenario.prepare ?? []);
  const { env, hit } = interfere(world, interference);
  await runHere(world, scenario.operation, env);
  if (scenario.trigger !== undefined) await runHere(world, scenario.trigger);
  assert.ok(await eventuallyTrue(hit), `${interference.point} was not passed`);
  takeSnapshot(world); // remembers the ids
  await lookAtOnce(world);
}

/** Behind these the operation has done what was asked for. */
const completing: ReadonlySet<string> = new Set(["volume.renamed"]);

/** Fails something at a point; resolves with how the command ended. What must hold is what holds after a kill. */
export async function failAndLook(world: World, scenario: Scenario, interference: Interference): Promise<BrigResult> {
  const before = takeSnapshot(world);
  let result: BrigResult;
  try {
    await runScript(world, scenario.prepare ?? []);
    const prepared = takeSnapshot(world);
    const { env, hit } = interfere(world, interference);
    result = await runHere(world, scenario.operation, env);
    assert.ok(hit(), `${interference.point} was not passed`);
    world.ticker.checkAlive();
    if (scenario.allOrNothing === true && !completing.has(interference.point)) await compare(world, prepared);
    await runScript(world, scenario.again ?? [scenario.operation]);
  } finally {
    await runScript(world, tolerant(scenario.undo ?? []));
  }
  await compare(world, before);
  return result;
}

/** The same commands, each of which may fail. */
export function tolerant(script: Script): Script {
  return script.map((words) => (words[0] === "?" ? words : ["?", ...words]));
}

/** Runs commands that must succeed, but for those that begin with `?`. */
export async function runScript(world: World, script: Script): Promise<void> {
  for (const [first = "", ...rest] of script) {
    const words = first === "?" ? rest : [first, ...rest];
    const { code, stderr } = await runHere(world, words);
    // `wait` ends with 0 whatever it prints.
    if (first !== "?" && code !== 0) assert.fail(`brig ${words.join(" ")} ended with ${code}: ${stderr}`);
  }
}

/** I1, I7, I8 and I11: the next commands work at once, and who was not concerned did not notice. */
export async function lookAtOnce(world: World): Promise<void> {
  world.ticker.checkAlive();
  const started = performance.now();
  const { code, stderr } = await runHere(world, ["ps", "-a", "--no-trunc"]);
  assert.equal(code, 0, stderr);
  assert.ok(performance.now() - started < promptMs, `brig ps took ${performance.now() - started} ms`);
}

/** I1, I2, I4 to I6, I9 and I12. */
export async function compare(world: World, before: Snapshot): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const now = takeSnapshot(world);
    if (now.join("\n") === before.join("\n")) return;
    if (performance.now() > deadline) {
      const added = now.filter((line) => !before.includes(line));
      const missing = before.filter((line) => !now.includes(line));
      assert.deepEqual({ added, missing }, { added: [], missing: [] });
    }
    await delay(50);
  }
}

async function eventuallyTrue(look: () => boolean): Promise<boolean> {
  for (const deadline = performance.now() + patienceMs; performance.now() < deadline; await delay(20)) {
    if (look()) return true;
  }
  return look();
}
