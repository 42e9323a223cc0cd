// npm run demo: sets everything up, serves a small image on loopback, and pulls and runs it with brig, for real.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { makeDemoImage } from "./demo/demoImage.mjs";
import { setUp } from "./setup.mjs";
import { runScript, StepFailure, showCommand } from "./steps/command.mjs";
import { brigPath, buildDirectory, projectRoot } from "./steps/project.mjs";

const demoDirectory = process.env.BRIG_DEMO_DIR ?? join(buildDirectory, "demo");
const originDirectory = join(demoDirectory, "origin");

/** Everything of the demo is below build/demo (or BRIG_DEMO_DIR), apart from the images and containers of this machine. */
const env = {
  PATH: process.env.PATH,
  HOME: demoDirectory,
  BRIG_ROOT: join(demoDirectory, "root"),
  BRIG_RUN_ROOT: join(demoDirectory, "run"),
};

const wanted = ["memory", "cpu", "pids"];
const limits = ["-m", "64m", "--cpus", "0.5", "--pids-limit", "64"];

await runScript(async () => {
  if (process.getuid() !== 0) throw new StepFailure("the demo makes containers, which needs root", "sudo npm run demo");
  say("Setting up: system packages, node modules, the native helper, the bundle");
  await setUp(["demo"]);
  mkdirSync(demoDirectory, { recursive: true });
  await makeDemoImage(join(originDirectory, "images"));
  const registry = await serveImages();
  try {
    demonstrate(`${registry.address}/demo`);
  } finally {
    await registry.stop();
  }
  say("Done: nothing is left running or mounted. `./bin/brig` is yours; `npm link` puts it on the PATH.");
});

function demonstrate(image) {
  say("Pulling the image from the registry that brig itself serves on loopback");
  show(["pull", image]);
  show(["images"]);
  const missing = missingControllers();
  if (missing.length === 0) {
    say("Running it with limits: 64 MiB of memory, half a processor, 64 processes");
    show(["run", "--rm", "--network", "none", ...limits, image]);
  } else demonstrateRefusal(image, missing);
  say("The same start, step by step, as the helper really executed it");
  show(["run", "--rm", "--explain", "--network", "none", image, "true"]);
  show(["rmi", image]);
}

/** On a host whose controllers are bound to cgroup v1, limits cannot be kept: brig says so instead of pretending. */
function demonstrateRefusal(image, missing) {
  say(`Running it with limits. This host binds ${missing.join(", ")} to cgroup v1, so brig must refuse:`);
  show(["run", "--rm", "--network", "none", ...limits, image], { status: 125 });
  say("Running it without limits");
  show(["run", "--rm", "--network", "none", image]);
  say(
    "To see limits work: boot this host with systemd.unified_cgroup_hierarchy=1 cgroup_no_v1=all, or run\n" +
      "`npm run test:vm`, which tests them in a throw-away machine with pure cgroup v2.",
  );
}

function missingControllers() {
  const mounts = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
  const unified = mounts.find((line) => line.includes(" - cgroup2 "))?.split(" ")[4];
  const offered = unified === undefined ? "" : readFileSync(join(unified, "cgroup.controllers"), "utf8");
  return wanted.filter((name) => !offered.split(/\s+/).includes(name));
}

/** Shows a command as one would type it, runs it on this terminal and checks how it ended. */
function show(args, { status: expected = 0 } = {}) {
  process.stdout.write(`\n$ ${showCommand("brig", args)}\n`);
  const { status, signal } = spawnSync(brigPath, args, { cwd: projectRoot, stdio: "inherit", env });
  if (status !== expected)
    throw new StepFailure(`"brig ${args.join(" ")}" ended with ${signal ?? status} instead of ${expected}`);
  if (expected !== 0) process.stdout.write(`(exit status ${status})\n`);
}

function say(text) {
  process.stdout.write(`\n== ${text}\n`);
}

/** Starts `brig registry serve` on a free port of loopback. */
async function serveImages() {
  const args = ["--root", originDirectory, "--run-root", join(demoDirectory, "origin-run")];
  const child = spawn(brigPath, [...args, "registry", "serve", "--listen", "127.0.0.1:0"], {
    cwd: projectRoot,
    stdio: ["ignore", "pipe", "inherit"],
    env,
  });
  const closed = new Promise((resolve) => child.once("close", resolve));
  const stop = async () => {
    child.kill("SIGTERM");
    await closed;
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
    process.once(signal, () => stop().finally(() => process.exit(130)));
  child.stdout.setEncoding("utf8");
  const address = await new Promise((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (text) => {
      said += text;
      const match = /http:\/\/(127\.0\.0\.1:\d+)/.exec(said);
      if (match !== null) resolve(match[1]);
    });
    child.once("error", reject);
    child.once("close", () => reject(new StepFailure(`the registry ended before it served: ${said}`)));
  });
  return { address, stop };
}
