// A docker-registry in a place of its own (`openOwnNetwork`), where all tools find it on loopback.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runQuiet } from "../steps/command.mjs";
import { benchDirectory } from "./root.mjs";

const address = "127.0.0.1:5000";
const startMs = 20_000;

/** The caller ends with `close`. `clear` makes it empty. */
export async function startRegistry(place) {
  const directory = join(benchDirectory, "registry");
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const config = {
    version: "0.1",
    log: { level: "error", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(directory, "storage") } },
    http: { addr: address, secret: "bench" },
  };
  writeFileSync(join(directory, "config.yml"), JSON.stringify(config));
  const [program, ...args] = place.enter(["docker-registry", "serve", join(directory, "config.yml")]);
  const child = spawn(program, args, { stdio: "ignore" });
  const closed = new Promise((resolve) => child.once("close", resolve));
  for (const deadline = Date.now() + startMs; !answers(place); )
    if (Date.now() > deadline || child.exitCode !== null) throw new Error("docker-registry does not start");
  return {
    address,
    clear: () => rmSync(join(directory, "storage"), { recursive: true, force: true }),
    async close() {
      child.kill("SIGTERM");
      await closed;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

const question = `fetch("http://${address}/v2/").then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))`;

function answers(place) {
  const [program, ...args] = place.enter([process.execPath, "-e", question]);
  return spawnSync(program, args).status === 0;
}

/** Puts all images of a layout there, unchanged; returns their references. */
export function fillRegistry(place, { directory, names }) {
  return names.map((name) => {
    const reference = `${address}/bench/${name}:latest`;
    const copy = ["--insecure-policy", "copy", "-q", "--dest-tls-verify=false", `oci:${directory}:${name}`];
    const [program, ...args] = place.enter(["skopeo", ...copy, `docker://${reference}`]);
    runQuiet(program, args);
    return reference;
  });
}
