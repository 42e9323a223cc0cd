// The engines that are compared: brig, and docker and podman where they work, all with the same image.
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { StepFailure } from "../steps/command.mjs";
import { brigPath } from "../steps/project.mjs";
import { openDocker } from "./dockerDaemon.mjs";
import { openPodman } from "./podman.mjs";
import { benchDirectory, makeRoot } from "./root.mjs";

/**
 * An engine: `argv(words)` is a command of it, `image` what it runs. `notes` says which engines were compared and why
 * another was not. With `openPlace` each is in a place of its own (`openOwnNetwork`), and can make networks there; without
 * it they are the ones that run without a network. The caller ends with `close`.
 */
export async function openEngines({ root = "root", openPlace, others: wanted = ["docker", "podman"] } = {}) {
  const { env, image } = await makeRoot(root);
  const places = [];
  const place = async () => {
    if (openPlace === undefined) return undefined;
    places.push(await openPlace());
    return places.at(-1);
  };
  const home = await place();
  const brig = {
    ...inPlace(brigEngine(home === undefined ? env : { ...env, BRIG_RUN_ROOT: "/run/brig" }), home),
    image,
  };
  const archive = join(benchDirectory, `${root}.tar`);
  const id = runEngine(brig, ["create", "--network", "none", image]).trim();
  runEngine(brig, ["export", "-o", archive, id]);
  runEngine(brig, ["rm", id]);
  const others = [];
  for (const name of wanted) {
    const own = await place();
    others.push(inPlace(await openers[name](join(benchDirectory, name), own), own));
  }
  const notes = others.map((engine) => engine.missing ?? importImage(engine, archive));
  const engines = [
    brig,
    ...others.filter((engine, index) => engine.missing === undefined && notes[index] === undefined),
  ];
  const said = others.map((engine, index) => {
    const why = notes[index];
    return why === undefined ? engine.describe : `${engine.name} was not measured: ${why}`;
  });
  return {
    engines,
    env,
    image,
    notes: [`Compared: ${said.join("; ")}.`],
    async close() {
      for (const engine of others) await engine.close?.();
      for (const one of places) await one.close();
      rmSync(archive, { force: true });
    },
  };
}

const openers = { docker: openDocker, podman: openPodman };

/** All commands of the engine are run in the place. */
function inPlace(engine, place) {
  if (place === undefined || engine.missing !== undefined) return engine;
  return { ...engine, place, argv: (words) => place.enter(engine.argv(words)) };
}

function brigEngine(env) {
  return {
    name: "brig",
    argv: (words) => [brigPath, ...words],
    env,
    runFlags: [],
    removeFlags: [],
    keepers: { each: ["brig: monitor"], once: [], ofThem: { monitorsBelow: join(env.BRIG_RUN_ROOT, "containers") } },
  };
}

/** Returns why the image does not run there; undefined when it does. */
function importImage(engine, archive) {
  try {
    runEngine(engine, ["import", archive, engine.image]);
    runEngine(engine, ["run", "--rm", ...engine.runFlags, "--network", "none", engine.image, "true"]);
    return undefined;
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    return error.message.split("\n").join(" ").slice(0, 400);
  }
}

/** Runs a command that only prepares or cleans up; returns its stdout. */
export function runEngine(engine, words) {
  const [program, ...args] = engine.argv(words);
  const result = spawnSync(program, args, { env: engine.env, encoding: "utf8", maxBuffer: 1 << 26 });
  if (result.status === 0) return result.stdout;
  throw new StepFailure(
    `${engine.name} ${words.slice(0, 4).join(" ")} ended with ${result.status}: ${result.stderr?.trim()}`,
  );
}

/** A container that does nothing, under this name. */
export const idleWords = (engine, name) => [
  ...["run", "-d", "--name", name, ...engine.runFlags, "--network", "none", engine.image, "sleep", "1000000"],
];

export const removeWords = (engine, names) => ["rm", "-f", ...engine.removeFlags, ...names];
