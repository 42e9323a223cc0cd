// The native helper alone against other runtimes: from the start of the process to the end of `true`.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { runQuiet } from "../steps/command.mjs";
import { importSources } from "../steps/importSources.mjs";
import { distDirectory, helperPath } from "../steps/project.mjs";
import { benchDirectory } from "./root.mjs";
import { compare } from "./timing.mjs";

const runtimes = { runc: "/usr/sbin/runc", crun: "/usr/bin/crun" };

export async function compareHelper({ env, image, rounds }) {
  const { createEngine } = await import(pathToFileURL(join(distDirectory, "index.js")).href);
  const { encodePlan } = await importSources('export { encodePlan } from "./src/launch/index.ts";');
  const engine = createEngine({ root: env.BRIG_ROOT, runRoot: env.BRIG_RUN_ROOT, helperPath });
  const plan = async (userns) =>
    engine.plan({
      image,
      command: ["true"],
      networks: [{ network: "none", aliases: [], links: [], gatewayPriority: 0 }],
      ...(userns ? { userns } : {}),
    });
  const [own, host] = [await plan(), await plan("host")];
  const bundle = await makeBundle(host, { env, image });
  const candidates = {
    "brig-helper, user namespace of its own": helperCandidate(own, { env, encodePlan }),
    "brig-helper, --userns=host": helperCandidate(host, { env, encodePlan }),
  };
  for (const [name, program] of Object.entries(runtimes)) {
    const candidate = runtimeCandidate(name, program, bundle);
    if (works(candidate)) candidates[`${name} run`] = candidate;
  }
  return compare(candidates, { rounds });
}

/** The plan's own directories are made before and removed after each measurement, as `brig run` does around the helper. */
function helperCandidate({ id, plan }, { env, encodePlan }) {
  const directory = join(env.BRIG_ROOT, "containers", id);
  return {
    argv: [helperPath, "launch"],
    env: {},
    input: encodePlan(plan),
    prepare: () => {
      for (const name of ["upper", "work", "stage"]) mkdirSync(join(directory, name), { recursive: true });
      for (const name of ["hostname", "hosts", "resolv.conf"]) writeFileSync(join(directory, name), "");
    },
    cleanUp: () => rmSync(directory, { recursive: true, force: true }),
  };
}

function runtimeCandidate(name, program, bundle) {
  const state = join(benchDirectory, "oracle");
  return { argv: [program, "--root", state, "run", "--bundle", bundle, `brig-bench-${name}`] };
}

/** crun 1.8 does not start on a host whose controllers are bound to cgroup v1 beside v2. */
function works({ argv: [program, ...args] }) {
  if (!existsSync(program)) return false;
  try {
    execFileSync(program, args, { stdio: "ignore", env: { PATH: process.env.PATH } });
    return true;
  } catch {
    return false;
  }
}

async function makeBundle(planned, { env, image }) {
  const bundle = join(benchDirectory, "bundle");
  rmSync(bundle, { recursive: true, force: true });
  mkdirSync(bundle);
  await planned.writeBundle(bundle);
  const tag = image.slice(image.lastIndexOf("/") + 1);
  const layout = join(benchDirectory, "origin/images");
  runQuiet("umoci", ["raw", "unpack", "--image", `${layout}:${tag}:latest`, join(bundle, "rootfs")], { env });
  return bundle;
}
