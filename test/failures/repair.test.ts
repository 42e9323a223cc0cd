import test, { after, before } from "node:test";
import { killAndRepair } from "../support/failPoints/campaign.ts";
import { programPoints } from "../support/failPoints/points.ts";
import { scenariosOf } from "../support/failPoints/scenario.ts";
import { createWorld, type World } from "../support/failPoints/world.ts";

let world: World;

before(async () => {
  world = await createWorld();
});

after(() => world.dispose());

for (const [point, operation] of Object.entries(programPoints)) {
  test(`brig killed at ${point} (${operation}), and what it left repaired`, () =>
    killAndRepair(world, scenariosOf(world)[operation], { point, action: "kill" }));
}

test("the container beside all this lost no line", () => world.ticker.checkLog());
