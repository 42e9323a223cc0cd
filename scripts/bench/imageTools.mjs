// The tools that images are pulled, pushed and saved with, all in one place with a registry.
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runQuiet } from "../steps/command.mjs";
import { brigPath } from "../steps/project.mjs";
import { openContainerd } from "./containerd.mjs";
import { openDisk } from "./disk.mjs";
import { openDocker } from "./dockerDaemon.mjs";
import { makeImages } from "./images.mjs";
import { openOwnNetwork } from "./ownNetwork.mjs";
import { openPodman } from "./podman.mjs";
import { fillRegistry, startRegistry } from "./registry.mjs";

/**
 * Runs `work` with a registry that holds the images of a shape, and the tools, whose disk is a file below `disk`. A tool has `pull`, `push` and `save`,
 * where it can: from references to the lanes of commands (see `measureWork`) that do so; `clear` forgets all images,
 * `daemons` are the processes that work for it. `directory` is the
 * top of the file system that they all use.
 */
export async function withImageTools({ shape, disk: below }, work) {
  const images = await makeImages(shape);
  const disk = openDisk(below);
  const place = await openOwnNetwork();
  const registry = await startRegistry(place);
  const opened = [];
  const open = async (opening) => {
    opened.push(await opening);
    return opened.at(-1);
  };
  try {
    const references = fillRegistry(place, images);
    const docker = await open(openDocker(join(disk.directory, "docker"), place));
    const podman = await open(openPodman(join(disk.directory, "podman"), place));
    const containerd = await open(openContainerd(join(disk.directory, "containerd"), place));
    const tools = [
      brigTool(place, disk.directory),
      ...(docker.missing === undefined ? [dockerTool(docker, place)] : []),
      ...(podman.missing === undefined ? [podmanTool(podman, place)] : []),
      ...(containerd.missing === undefined ? [ctrTool(containerd)] : []),
      skopeoTool(place, images, disk.directory),
    ];
    const notes = opened.map((one) => one.describe ?? `${one.name} was not measured: ${one.missing}`);
    return await work({
      tools,
      images,
      references,
      registry,
      place,
      directory: disk.directory,
      note: `Compared: ${notes.join("; ")}. ${disk.note}`,
    });
  } finally {
    for (const one of opened) await one.close?.();
    await registry.close();
    await place.close();
    disk.close();
  }
}

const oneEach = (references, command) => references.map((reference) => [command(reference)]);

function brigTool(place, directory) {
  const roots = { BRIG_ROOT: join(directory, "brig"), BRIG_RUN_ROOT: join(directory, "brig-run") };
  const env = { PATH: process.env.PATH, HOME: directory, ...roots };
  const run = (words) => ({ argv: place.enter([brigPath, ...words]), env });
  return {
    name: "brig",
    daemons: [],
    pull: (references) => oneEach(references, (reference) => run(["pull", "-q", reference])),
    push: (references) => oneEach(references, (reference) => run(["push", "-q", reference])),
    save: ([reference], file) => [[run(["save", "-o", file, reference])]],
    clear() {
      for (const path of Object.values(roots)) rmSync(path, { recursive: true, force: true });
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
function skopeoTool(place, { directory, names }, target) {
  const scratch = join(target, "oracle");
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
