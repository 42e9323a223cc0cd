import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { brigOk } from "../support/brig.ts";
import { killAndLook } from "../support/failPoints/campaign.ts";
import { type Scenario, scenariosOf } from "../support/failPoints/scenario.ts";
import { createWorld, type World } from "../support/failPoints/world.ts";

let world: World;

before(async () => {
  world = await createWorld();
});

after(() => world.dispose());

interface Step {
  readonly id: string;
  readonly phase: string;
  readonly op: string;
}

/**
 * Steps of the plan, whoever executes them: the worker that the monitor has forked, and then the container's first
 * process. Of those that do the same thing in the same phase the last.
 */
async function stepsOf({ operation: [verb = "", ...words] }: Scenario): Promise<readonly string[]> {
  const arguments_ = words.filter((word) => word !== "-d");
  const { stdout } = await brigOk(["plan", verb, "--format", "json", ...arguments_], world);
  const { steps } = JSON.parse(stdout) as { readonly steps: readonly Step[] };
  const executed = steps.filter(({ phase }) => phase !== "monitor");
  return [...new Map(executed.map(({ id, phase, op }) => [`${phase} ${op}`, id])).values()];
}

test("whoever builds a container killed before any kind of step of its plan", async (t) => {
  const scenario = scenariosOf(world).start;
  const steps = await stepsOf(scenario);
  assert.ok(steps.length > 20, steps.join(" "));
  for (const id of steps) {
    await t.test(id, () => killAndLook(world, scenario, { point: `step.${id}`, action: "kill" }));
  }
});

test("the container beside all this lost no line", () => world.ticker.checkLog());
