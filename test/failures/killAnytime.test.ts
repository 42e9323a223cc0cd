import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import test, { after, before } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { brigCommand, brigEnvironment } from "../support/brig.ts";
import { compare, lookAtOnce, runScript, tolerant } from "../support/failPoints/campaign.ts";
import { type Scenario, type ScenarioName, scenariosOf } from "../support/failPoints/scenario.ts";
import { takeSnapshot } from "../support/failPoints/snapshot.ts";
import { createWorld, type World } from "../support/failPoints/world.ts";

/** How often each operation is killed; a night's run has time for a hundred. */
const times = Number(process.env.BRIG_RANDOM_KILLS ?? 5);

const operations: readonly ScenarioName[] = [
  "pull",
  "rmi",
  "create",
  "start",
  "run --rm",
  "exec",
  "stop",
  "rm",
  "cp",
  "commit",
];

let world: World;

before(async () => {
  world = await createWorld();
});

after(() => world.dispose());

function begin({ operation }: Scenario): ChildProcess {
  const [program = "", ...args] = brigCommand(world.root, operation);
  return spawn(program, args, { env: brigEnvironment(world.root), stdio: "ignore" });
}

/** How long the operation takes when nobody kills it. */
async function measure(scenario: Scenario): Promise<number> {
  await runScript(world, scenario.prepare ?? []);
  const started = performance.now();
  await once(begin(scenario), "close");
  const duration = performance.now() - started;
  await runScript(world, scenario.again ?? []);
  await runScript(world, tolerant(scenario.undo ?? []));
  return duration;
}

async function killAfter(scenario: Scenario, milliseconds: number): Promise<void> {
  const before = takeSnapshot(world);
  await runScript(world, scenario.prepare ?? []);
  try {
    const child = begin(scenario);
    const ended = once(child, "close");
    await delay(milliseconds);
    child.kill("SIGKILL");
    await ended;
    takeSnapshot(world);
    await lookAtOnce(world);
    await runScript(world, scenario.again ?? [scenario.operation]);
  } finally {
    await runScript(world, tolerant(scenario.undo ?? []));
  }
  await compare(world, before);
}

for (const name of operations) {
  test(`${name}, killed at ${times} random moments`, async (t) => {
    const scenario: Scenario = scenariosOf(world)[name];
    const duration = await measure(scenario);
    for (let n = 0; n < times; n += 1) {
      const moment = Math.round(Math.random() * duration);
      await t.test(`after ${moment} of ${Math.round(duration)} ms`, () => killAfter(scenario, moment));
    }
  });
}

test("the container beside all this lost no line", () => world.ticker.checkLog());
