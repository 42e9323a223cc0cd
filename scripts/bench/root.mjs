// A data root for the measurements, with the image of the demo in it.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { makeDemoImage } from "../demo/demoImage.mjs";
import { runQuiet } from "../steps/command.mjs";
import { brigPath, buildDirectory } from "../steps/project.mjs";

/** `BRIG_BENCH_DIR` moves everything, for machines where build/ cannot hold layers. */
export const benchDirectory = process.env.BRIG_BENCH_DIR ?? join(buildDirectory, "bench");

export function environment(name) {
  return {
    PATH: process.env.PATH,
    HOME: benchDirectory,
    BRIG_ROOT: join(benchDirectory, name),
    BRIG_RUN_ROOT: join(benchDirectory, `${name}-run`),
  };
}

/** Makes a fresh root that holds the demo image; resolves with its environment and the image's name. */
export async function makeRoot(name) {
  const env = environment(name);
  for (const path of [env.BRIG_ROOT, env.BRIG_RUN_ROOT]) rmSync(path, { recursive: true, force: true });
  const origin = join(benchDirectory, "origin");
  mkdirSync(origin, { recursive: true });
  await makeDemoImage(join(origin, "images"));
  const registry = await startServing(["--root", origin, "--run-root", join(benchDirectory, "origin-run")], env);
  const image = `${registry.address}/demo`;
  try {
    runQuiet(brigPath, ["pull", "-q", image], { env });
  } finally {
    await registry.stop();
  }
  return { env, image };
}

async function startServing(globalFlags, env) {
  const args = [...globalFlags, "registry", "serve", "--listen", "127.0.0.1:0"];
  const child = spawn(brigPath, args, { stdio: ["ignore", "pipe", "inherit"], env });
  const closed = new Promise((resolve) => child.once("close", resolve));
  const [said] = await Promise.race([
    new Promise((resolve) => child.stdout.once("data", (text) => resolve([String(text)]))),
    closed.then(() => [""]),
  ]);
  const address = /127\.0\.0\.1:\d+/.exec(said)?.[0];
  if (address === undefined) throw new Error(`the registry did not start: ${said}`);
  const stop = () => {
    child.kill("SIGTERM");
    return closed;
  };
  return { address, stop };
}

const directories = [
  ...[
    "root",
    "root-run",
    "commands",
    "commands-run",
    "isolation",
    "isolation-run",
    "journal",
    "journal-run",
    "journal-builds",
    "network",
    "network-run",
    "network-few",
    "network-few-run",
    "origin-run",
  ],
  ...["bundle", "oracle", "registry", "callRate"],
];

/** Takes everything away but the images of `makeImages`, which take long to make. */
export function cleanUp() {
  for (const name of directories) {
    const path = join(benchDirectory, name);
    if (existsSync(path)) rmSync(path, { recursive: true, force: true });
  }
}
