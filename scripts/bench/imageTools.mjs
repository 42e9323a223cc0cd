// The tools that images are pulled, pushed and saved with, all in one place with a registry.
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runQuiet } from "../steps/command.mjs";
import { brigPath } from "../steps/project.mjs";
import { openContainerd } from "./containerd.mjs";
import { openDocker } from "./dockerDaemon.mjs";
import { makeImages } from "./images.mjs";
import { openOwnNetwork } from "./ownNetwork.mjs";
import { openPodman } from "./podman.mjs";
import { fillRegistry, startRegistry } from "./registry.mjs";
import { benchDirectory, environment } from "./root.mjs";

/**
 * Runs `work` with a registry that holds the images of a shape, and the tools. A tool has `pull`, `push` and `save`,
 * where it can: from references to the lanes of commands (see `measureWork`) that do so; `clear` forgets all images,
 * `daemons` are the processes that work for it.
 */
export async function withImageTools(shape, work) {
  const images = await makeImages(shape);
  const place = await openOwnNetwork();
  const registry = await startRegistry(place);
  const opened = [];
  const open = async (opening) => {
    opened.push(await opening);
    return opened.at(-1);
  };
  try {
    const references = fillRegistry(place, images);
    const docker = await open(openDocker(join(benchDirectory, "docker"), place));
    const podman = await open(openPodman(join(benchDirectory, "podman"), place));
    const containerd = await open(openContainerd(join(benchDirectory, "containerd"), place));
    const tools = [
      brigTool(place),
      ...(docker.missing === undefined ? [dockerTool(docker, place)] : []),
      ...(podman.missing === undefined ? [podmanTool(podman, place)] : []),
      ...(containerd.missing === undefined ? [ctrTool(containerd)] : []),
      skopeoTool(place, images),
    ];
    const notes = opened.map((one) => one.describe ?? `${one.name} was not measured: ${one.missing}`);
    return await work({ tools, images, references, registry, place, note: `Compared: ${notes.join("; ")}.` });
  } finally {
    for (const one of opened) await one.close?.();
    await registry.close();
    await place.close();
  }
}

const oneEach = (references, command) => references.map((reference) => [command(reference)]);

function brigTool(place) {
  const env = environment("pull");
  const run = (words) => ({ argv: place.enter([brigPath, ...words]), env });
  return {
    name: "brig",
    daemons: [],
    pull: (references) => oneEach(references, (reference) => run(["pull", "-q", reference])),
    push: (references) => oneEach(references, (reference) => run(["push", "-q", reference])),
    save: ([reference], file) => [[run(["save", "-o", file, reference])]],
    clear() {
      for (const path of [env.BRIG_ROOT, env.BRIG_RUN_ROOT]) rmSync(path, { recursive: true, force: true });
    },
  };
}

function dockerTool(engine, place) {
  const run = (words) => ({ argv: place.enter(engine.argv(words)), env: engine.env });
  return {
    name: "docker",
    daemons: [engine.keepers.ofThem.namespace],
    pull: (references) => oneEach(references, (reference) => run(["pull", "-q", reference])),
    push: (references) => oneEach(references, (reference) => run(["push", "-q", reference])),
    save: ([reference], file) => [[run(["save", "-o", file, reference])]],
    clear: (references) => forget(run(["rmi", "-f", ...references])),
  };
}

function podmanTool(engine, place) {
  const run = (words) => ({ argv: place.enter(engine.argv(words)), env: engine.env });
  const plain = "--tls-verify=false";
  return {
    name: "podman",
    daemons: [],
    pull: (references) => oneEach(references, (reference) => run(["pull", "-q", plain, reference])),
    push: (references) => oneEach(references, (reference) => run(["push", "-q", plain, reference])),
    save: ([reference], file) => [[run(["save", "-q", "-o", file, reference])]],
    clear: () => forget(run(["rmi", "-af"])),
  };
}

function ctrTool({ argv, env, pid }) {
  const run = (words) => ({ argv: argv(["images", ...words]), env });
  return {
    name: "ctr",
    daemons: [pid],
    pull: (references) => oneEach(references, (reference) => run(["pull", "--plain-http", reference])),
    push: (references) => oneEach(references, (reference) => run(["push", "--plain-http", reference])),
    clear: (references) => forget(run(["rm", "--sync", ...references])),
  };
}

/** It has no store: its images are in a layout, and umoci unpacks them. */
function skopeoTool(place, { directory, names }) {
  const scratch = join(benchDirectory, "oracle");
  const copy = (words) => ({ argv: place.enter(["skopeo", "--insecure-policy", "copy", "-q", ...words]) });
  const pullOne = (reference, index) => {
    const layout = `${scratch}/${index}`;
    const unpack = ["umoci", "unpack", "--image", `${layout}:latest`, `${scratch}/bundle${index}`];
    return [
      copy(["--src-tls-verify=false", `docker://${reference}`, `oci:${layout}:latest`]),
      { argv: place.enter(unpack) },
    ];
  };
  return {
    name: "skopeo",
    pullName: "skopeo, umoci",
    daemons: [],
    pull: (references) => references.map(pullOne),
    push: (references) =>
      references.map((reference, index) => [
        copy(["--dest-tls-verify=false", `oci:${directory}:${names[index]}`, `docker://${reference}`]),
      ]),
    save: ([reference], file) => [[copy([`oci:${directory}:${names[0]}`, `docker-archive:${file}:${reference}`])]],
    clear() {
      rmSync(scratch, { recursive: true, force: true });
      mkdirSync(scratch, { recursive: true });
    },
  };
}

/** Fine to fail: there may be nothing to forget. */
function forget({ argv: [program, ...args], env }) {
  spawnSync(program, args, { env });
}

/** Runs lanes of commands without measuring them. */
export function prepare(lanes) {
  for (const steps of lanes)
    for (const {
      argv: [program, ...args],
      env,
    } of steps)
      runQuiet(program, args, { env });
}
