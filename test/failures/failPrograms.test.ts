import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { failAndLook } from "../support/failPoints/campaign.ts";
import { programPoints } from "../support/failPoints/points.ts";
import { scenariosOf } from "../support/failPoints/scenario.ts";
import { createWorld, type World } from "../support/failPoints/world.ts";

let world: World;

before(async () => {
  world = await createWorld();
});

after(() => world.dispose());

for (const [index, [point, operation]] of Object.entries(programPoints).entries()) {
  const errno = index % 2 === 0 ? "ENOSPC" : "EIO";
  test(`${errno} at ${point} (${operation})`, async () => {
    const { code, stderr } = await failAndLook(world, scenariosOf(world)[operation], {
      point,
      action: `err:${errno}`,
    });
    assert.notEqual(code, 0);
    assert.match(stderr, new RegExp(`^brig: .*\\(${errno}\\)$`, "m"));
  });
}

test("the container beside all this lost no line", () => world.ticker.checkLog());
