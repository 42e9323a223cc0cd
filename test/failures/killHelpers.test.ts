import test, { after, before } from "node:test";
import { killAndLook } from "../support/failPoints/campaign.ts";
import { helperPoints } from "../support/failPoints/points.ts";
import { scenariosOf } from "../support/failPoints/scenario.ts";
import { createWorld, type World } from "../support/failPoints/world.ts";

let world: World;

before(async () => {
  world = await createWorld();
});

after(() => world.dispose());

for (const [point, operation] of Object.entries(helperPoints)) {
  test(`the helper killed at ${point} (${operation})`, () =>
    killAndLook(world, scenariosOf(world)[operation], { point, action: "kill" }));
}

for (const id of ["mnt.stage", "clone", "user.map", "user.release"]) {
  test(`the monitor killed while its worker is before the step ${id}`, () =>
    killAndLook(world, scenariosOf(world).start, { point: `step.${id}`, action: "kill-parent" }));
}

for (const point of ["monitor.forked", "monitor.executed", "monitor.running"]) {
  test(`brig killed while the monitor is at ${point}`, () =>
    killAndLook(world, scenariosOf(world).start, { point, action: "kill-parent" }));
}

for (const id of ["join.target", "clone", "clone.release", "join.namespaces", "exec"]) {
  test(`the helper of an exec killed before the step ${id}`, () =>
    killAndLook(world, scenariosOf(world).exec, { point: `step.${id}`, action: "kill" }));
}

for (const operation of ["cp", "export", "commit"] as const) {
  test(`the helper that reads or writes files killed (${operation})`, () =>
    killAndLook(world, scenariosOf(world)[operation], {
      point: operation === "cp" ? "step.unpack" : "step.archive",
      action: "kill",
    }));
}

test("the container beside all this lost no line", () => world.ticker.checkLog());
