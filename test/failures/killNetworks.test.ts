import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { brigOk } from "../support/brig.ts";
import { killAndLook, killAndRepair, runScript } from "../support/failPoints/campaign.ts";
import { networkScenariosOf } from "../support/failPoints/networkScenario.ts";
import { networkPoints } from "../support/failPoints/points.ts";
import { createWorld, type World } from "../support/failPoints/world.ts";

let world: World;

before(async () => {
  world = await createWorld();
  // So that brig's table and the directories of networks are there.
  const { run } = networkScenariosOf(world);
  await runScript(world, [...run.prepare, run.operation, ["rm", "-f", "subject"], ["network", "rm", "own"]]);
});

after(() => world.dispose());

for (const [point, operation] of Object.entries(networkPoints)) {
  test(`brig killed at ${point} (${operation})`, () =>
    killAndLook(world, networkScenariosOf(world)[operation], { point, action: "kill" }));
}

for (const point of ["network.written", "network.hidden", "lease.taken", "connect.attached", "publish.changed"]) {
  test(`brig killed at ${point}, and what it left repaired`, () =>
    killAndRepair(world, networkScenariosOf(world)[networkPoints[point] ?? "run"], { point, action: "kill" }));
}

for (const [point, operation] of [
  ["ports.reserved", "start"],
  ["connect.leased", "connect"],
  ["publish.told", "publish"],
] as const) {
  test(`brig killed at ${point}, and then the container removed`, () =>
    killAndLook(world, networkScenariosOf(world)[`${operation}, then only remove`], { point, action: "kill" }));
}

interface Step {
  readonly id: string;
  readonly phase: string;
  readonly op: string;
}

test("the worker, or its monitor, killed before any step of a network with a published port", async (t) => {
  const scenario = networkScenariosOf(world).run;
  await runScript(world, scenario.prepare);
  const words = scenario.operation.filter((word) => word !== "-d" && word !== "run");
  const { stdout } = await brigOk(["plan", "run", "--format", "json", ...words], world);
  await runScript(world, [["network", "rm", "own"]]);
  const { steps } = JSON.parse(stdout) as { readonly steps: readonly Step[] };
  const executed = steps.filter(
    ({ id, phase }) => id.startsWith("net.") && phase !== "end" && !id.endsWith(".changed"),
  );
  const ids = executed.map(({ id }) => id);
  for (const one of ["net.own.rules", "net.own.bridge", "net.link", "net.address", "net.ports"])
    assert.ok(ids.includes(one), ids.join(" "));
  for (const id of ids) {
    await t.test(id, () => killAndLook(world, scenario, { point: `step.${id}`, action: "kill" }));
  }
  for (const id of ["net.own.bridge", "net.address", "net.ports"]) {
    await t.test(`${id}, the monitor`, () =>
      killAndLook(world, scenario, { point: `step.${id}`, action: "kill-parent" }),
    );
  }
});

for (const point of ["end.recorded", "step.net.ports.end", "end.unkept"]) {
  test(`the monitor killed at ${point}, with ports to withdraw`, () =>
    killAndLook(world, networkScenariosOf(world).end, { point, action: "kill" }));
}

test("the container beside all this lost no line", () => world.ticker.checkLog());
